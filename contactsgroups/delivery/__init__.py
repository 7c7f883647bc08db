"""The Postfix face: published maps, and the policy service that decides who may post."""
