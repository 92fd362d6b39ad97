// Package story describes in plain sentences the ledger's knowledge of a lot 批次: the names of things, the history, the inspections, the
// origin and the standing of the lot. The package is a room of its own because a page, a label and an answer of the API must use the same
// words for the same thing. The package knows no request, no page and no right: a caller asks for rights before the caller reads a story.
package story
