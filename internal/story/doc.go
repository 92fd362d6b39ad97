// Package story tells in plain sentences what the ledger knows of a lot 批次: what things are called, what happened, what was checked, where
// the lot comes from and how the lot stands. The package is a room of its own because a page, a label and an answer of the API must use the
// same words for the same thing. The package knows no request, no page and no right: a caller asks for rights before the caller reads a
// story.
package story
