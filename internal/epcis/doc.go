// Package epcis reads and writes EPCIS 2.0 events in JSON (ISO/IEC 19987): canonical bytes, the CBV 2.0 event hash that names an event,
// validation, whole documents, and the two exports (EPCISDocument, CSV). It knows nothing of the ledger's rules.
//
// Everything works on one small JSON tree (parse.go), because the events of trading partners carry members no Go struct could foresee and
// nothing of them may be lost on the way: not a member, not a digit of a number.
package epcis
