"""What `layout` does between the net's boxes and the Markdown: one pass a file, pure: shapes in, shapes out."""
