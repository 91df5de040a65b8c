"""The generated reference pages, one module each: `page()` returns its Markdown."""
