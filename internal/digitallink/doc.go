// Package digitallink reads and writes GS1 identifiers: Digital Link URIs (GS1 Digital Link Standard: URI Syntax), element strings with
// application identifiers 应用标识符 (GS1 General Specifications), and the EPC URNs of EPCIS (GS1 EPC Tag Data Standard).
//
// What an application identifier may hold, which ones are keys, which qualifiers follow a key and in which order, and which ones may stand in
// a query comes from table.go, compiled by gen.go from the GS1 Barcode Syntax Dictionary. Which identifiers must or must not go together
// (the dictionary's req and ex) is not checked here: it is a matter of all codes on one article, not of one link.
//
// Errors are *trace.Error of the kind Invalid, for whoever sent the text: CodeMalformed where it cannot be read at all, CodeRequired for a
// value that is empty, CodeBadValue for everything else. Field is the application identifier ("01"), "" for the text as a whole.
package digitallink

//go:generate go run gen.go ../../../shared/corpora/digital-link/gs1-syntax-dictionary.txt
