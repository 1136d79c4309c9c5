"""Takes prose in any language and a way to a language model, gives a DiscoveryDocument that the rules have checked."""

from devmatrix.discovery.modelled.asking import read_with_model
from devmatrix.discovery.modelled.sentences import Sentence, sentences_of

__all__ = ["Sentence", "read_with_model", "sentences_of"]
