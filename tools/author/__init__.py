"""Authoring tools: build lessons and check their rules, record what they show, check tables."""
