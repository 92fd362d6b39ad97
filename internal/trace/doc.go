// Package trace is the domain of Yousang: records and events, units, the ledger with its rules, lineage, the writer and the Store
// interface.
//
// Every fact is an immutable Record with a sequence number. The Ledger is folded from the records, in memory, and every rule is checked
// against it by the one Writer before a record is appended to the Store. The package imports the standard library, the
// module that is to become encoding/json/v2, and nothing of ours.
package trace
