"""`python -m devmatrix` is `devmatrix`."""

from devmatrix.cli import main

if __name__ == "__main__":
    main()
