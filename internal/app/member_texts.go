package app

// MemberTexts describe members of this package's structs to clients, by type and member, where a text is too long for the tag doc of the
// member.
var MemberTexts = map[string]string{
	"LabelReport.batch": "Serial batch, key or URI: a label for each item; voided ones are refused. Labels of the lot as such, " +
		"where absent.",
	"LabelReport.basis": "What a 承诺达标合格证 rests on: control 质量安全控制, own_test 自行检测, lab_test 委托检测. The report is kept by whoever promises.",
	"LotPage.next": "Cursor of the next page; absent at the end. A page may be short, or empty, and have a next all the same where few " +
		"lots fit the filter.",
	"LedgerState.hash": "Hash of all that the ledger says after that record. Servers with the same head have the same hash, and yousang " +
		"verify derives it from the log.",
	"Common.id": "An id made by the client (a UUID). Sent again with the same content it gives the same answer; with other content a " +
		"conflict.",
	"Common.step": "Step of a chain, as in pomelo/juice. Tolerances are checked against it. Where absent, a harvest or transformation " +
		"gets the one step of its products' chain that fits, if it is only one.",
	"Common.evidence": "Named values: a preservative and its dose, a report number, a certificate.",
	"NewLot.key": "Twelve characters proposed by the client, so that a label can be written without signal; made by the server where " +
		"absent.",
	"Received.quantity":    "What the scale says; the shipped quantity where absent; 0 where nothing of it arrived.",
	"SerialReport.regions": "Where the items are to be sold: administrative codes (GB/T 2260) of 2, 4 or 6 digits. Anywhere, where absent.",
}
