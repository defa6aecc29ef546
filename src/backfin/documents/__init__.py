"""Reading of documents: what kind of file it is, and its text by page.

Files come from strangers, so none is opened by the process that does the work: :mod:`.pool` keeps a few child
processes with hard limits (:mod:`.child`, :mod:`.sandbox`), and those run the extractors (:mod:`.pdf`,
:mod:`.html`, :mod:`.xbrl`, :mod:`.archive`). Pages without readable text go on to ``tesseract`` (:mod:`.ocr`),
which runs under the same limits. :class:`.reading.Reader` is the face of it and reads any file.

This package imports none of its modules: the child starts fast because it loads only what it needs.
"""
