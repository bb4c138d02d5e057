"""What Schemathesis can't read from a schema: what a PDF is. Loaded by its command."""

import schemathesis
from hypothesis import strategies

from tests import pdfs

schemathesis.openapi.media_type("application/pdf", strategies.sampled_from([pdfs.pages(1), pdfs.pages(3)]))
