"""The reading site: the stored lessons as web pages, made by Sphinx and alive without a kernel."""
