"""Reads pages that are pictures: decides which (`deciding`), sets them upright (`turning`), reads the lines (`rapid`,
or `tesseract` where its language is asked for) and lays them down as a page that the layout net can see (`layer`)."""
