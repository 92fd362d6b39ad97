// Package epcis reads and writes EPCIS 2.0 events in JSON (ISO/IEC 19987): canonical bytes, the CBV 2.0 event hash that names an event,
// validation, whole documents, and the two exports (EPCISDocument, CSV). The package knows nothing of the ledger's rules.
//
// All files work on one small JSON tree (json_tree.go), because the events of trading partners have members that no Go struct can foresee,
// and nothing of the events may be lost on the way: not a member, not a digit of a number.
package epcis
