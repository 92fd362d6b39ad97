package trace

import (
	"strconv"
	"strings"
	"time"
)

// The kinds of records about serial numbers 一物一码.
const (
	KindSerials      RecordKind = "serials"      // serial numbers issued for a lot
	KindSerialChange RecordKind = "serialChange" // serial numbers activated, sold or voided
)

// SerialState is where a serial number is in its life: 已印 → 已激活 → 已售; 作废 from each.
type SerialState string

// The states of a serial number.
const (
	SerialPrinted   SerialState = "printed"   // 已印, not on a product yet
	SerialActivated SerialState = "activated" // 已激活
	SerialSold      SerialState = "sold"      // 已售
	SerialVoided    SerialState = "voided"    // 作废, for good
)

// MaxBatch is the largest number of items of one serial batch; MaxSerials is how many items a ledger can number: 35 bits, the part of a
// serial number that carries the index.
const (
	MaxBatch   = 10_000_000
	MaxSerials = 1 << 35
)

// SerialBatch 一物一码 is the body of a record: serial numbers issued for the items of a lot. The ledger numbers the items of all batches one
// after the other (see SerialView.Index); the printed numbers are made of that index and a secret key (internal/serial), so that none is
// kept.
type SerialBatch struct {
	Count  int64  `json:"count"`
	ID     string `json:"id"`     // {namespace}/serials/{key}
	Key    int    `json:"key"`    // number of the secret key the codes are made with, 0–31
	KeySum string `json:"keySum"` // fingerprint of that key, 16 hex digits: the log decides which secret bears a number
	Lot    string `json:"lot"`
	Org    string `json:"org"`
	// where the items are to be sold: beginnings of GB/T 2260 codes, 2, 4 or 6 digits; anywhere where absent
	Regions []string `json:"regions,omitempty"`
}

// CheckOrdinals checks that a batch has all ordinals from one to another, both included. Errors: CodeBadValue at from or to.
func (b *SerialBatch) CheckOrdinals(from, to int64) error {
	last := strconv.FormatInt(b.Count, 10)
	if from < 1 || from > b.Count {
		return E(Invalid, CodeBadValue, "from", "value", strconv.FormatInt(from, 10), "allowed", "1–"+last, "thing", "ordinal")
	}
	if to < from || to > b.Count {
		first := strconv.FormatInt(from, 10)
		return E(Invalid, CodeBadValue, "to", "value", strconv.FormatInt(to, 10), "allowed", first+"–"+last, "thing", "ordinal")
	}
	return nil
}

// SerialChange is the body of a record: items of a batch, by their ordinals from 1, both ends included, come into a state.
type SerialChange struct {
	Batch  string      `json:"batch"`
	From   int64       `json:"from"`
	ID     string      `json:"id"`  // {namespace}/serial-change/{key}
	Lot    string      `json:"lot"` // the batch's, so that the record is found by its lot
	Org    string      `json:"org"`
	Reason string      `json:"reason,omitempty"` // needed for voided
	State  SerialState `json:"state"`
	To     int64       `json:"to"`
}

// SerialView is one item as the ledger sees it.
type SerialView struct {
	Index   int64       `json:"-"` // over all batches, from 0
	Batch   SerialBatch `json:"batch"`
	Ordinal int64       `json:"ordinal"` // within its batch, from 1
	State   SerialState `json:"state"`
	Since   time.Time   `json:"since"` // record time of the state
	Seq     int64       `json:"seq"`   // record of the state

	Activated time.Time `json:"activated,omitzero"` // record time of the activation, also after the sale; zero for an item that never was
}

// SerialRun are items of a batch, one after another, in one state. Since and Seq are those of the latest change among them.
type SerialRun struct {
	From  int64       `json:"from"`
	To    int64       `json:"to"`
	State SerialState `json:"state"`
	Since time.Time   `json:"since"`
	Seq   int64       `json:"seq"`
}

// SerialCounts say how many items of a batch are in each state.
type SerialCounts struct {
	Printed   int64 `json:"printed"`
	Activated int64 `json:"activated"`
	Sold      int64 `json:"sold"`
	Voided    int64 `json:"voided"`
}

// BatchView is a batch with the states of its items.
type BatchView struct {
	SerialBatch
	First  int64        `json:"-"` // index of its first item
	Seq    int64        `json:"seq"`
	Issued time.Time    `json:"issued"`
	States SerialCounts `json:"states"`
	Runs   []SerialRun  `json:"runs"` // the first ViewRuns of them; Ledger.SerialRuns gives the rest
	More   bool         `json:"more,omitempty"`
}

// ViewRuns is how many runs a BatchView carries: a batch sold item by item has as many runs as items.
const ViewRuns = 1000

// ItemURI is the identifier of one item: the lot's, with the serial number as GS1 application identifier 21.
func ItemURI(lot, serial string) string { return lot + "/21/" + serial }

// SplitItem cuts the identifier of an item into that of its lot and the serial number; ok is false for an identifier without a serial
// number.
func SplitItem(uri string) (lot, serial string, ok bool) {
	cut := strings.LastIndex(uri, "/21/")
	if cut < 0 || strings.Contains(uri[cut+len("/21/"):], "/") { // a folder called 21
		return uri, "", false
	}
	return uri[:cut], uri[cut+len("/21/"):], true
}

// lotPart is the lot of an identifier that may be an item's.
func lotPart(id string) string {
	lot, _, _ := SplitItem(id)
	return lot
}
