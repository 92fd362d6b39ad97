// Package digitallink reads and writes GS1 identifiers: Digital Link URIs (GS1 Digital Link Standard: URI Syntax), element strings with
// application identifiers 应用标识符 (GS1 General Specifications), and the EPC URNs of EPCIS (GS1 EPC Tag Data Standard).
//
// table.go says which value an application identifier may have, which identifiers are keys, which qualifiers follow a key and in which
// order, and which identifiers may stand in a query. gen.go compiles table.go from the GS1 Barcode Syntax Dictionary. The dictionary also
// says which identifiers must or must not go together (req and ex). These two rules are not checked here: the rules concern all codes on
// one article, not one link.
//
// Errors are *trace.Error of the kind Invalid, for the sender of the text: CodeMalformed where the text cannot be read at all, CodeRequired
// for a value that is empty, CodeBadValue for everything else. Field is the application identifier ("01"), "" for the text as a whole.
package digitallink

//go:generate go run gen.go ../../../shared/corpora/digital-link/gs1-syntax-dictionary.txt
