"""DevMatrix turns a request into a backend project that runs, is tested and is proven."""

__version__ = "0.1.0"
