package trace

import "strconv"

func readEvent(d *decoder, e *Event) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "action":
			text(d, &e.Action)
		case "bizStep":
			text(d, &e.BizStep)
		case "disposition":
			text(d, &e.Disposition)
		case "eventID":
			text(d, &e.EventID)
		case "eventTime":
			readTime(d, &e.Time)
		case "eventTimeZoneOffset":
			text(d, &e.Offset)
		case "parentID":
			text(d, &e.ParentID)
		case "sensorElementList":
			e.Sensors = append(e.Sensors[:0], d.value()...)
		case "transformationID":
			text(d, &e.TransformationID)
		case "type":
			text(d, &e.Type)
		case "yousang:comment":
			text(d, &e.Comment)
		case "yousang:final":
			truth(d, &e.Final)
		case "yousang:reason":
			text(d, &e.Reason)
		case "yousang:report":
			text(d, &e.Report)
		case "yousang:step":
			text(d, &e.Step)
		default:
			readEventLists(d, e)
		}
	}
}

// readEventLists reads the members that are lists.
func readEventLists(d *decoder, e *Event) {
	switch string(d.name) {
	case "bizTransactionList":
		list(d, &e.BizTransactions, readTransaction)
	case "childEPCs":
		list(d, &e.ChildEPCs, text)
	case "childQuantityList":
		list(d, &e.Children, readQuantity)
	case "destinationList":
		list(d, &e.Destinations, readDestination)
	case "epcList":
		list(d, &e.EPCs, text)
	case "inputEPCList":
		list(d, &e.InputEPCs, text)
	case "inputQuantityList":
		list(d, &e.Inputs, readQuantity)
	case "outputEPCList":
		list(d, &e.OutputEPCs, text)
	case "outputQuantityList":
		list(d, &e.Outputs, readQuantity)
	case "quantityList":
		list(d, &e.Quantities, readQuantity)
	case "sourceList":
		list(d, &e.Sources, readSource)
	case "yousang:differences":
		list(d, &e.Differences, readDifference)
	case "yousang:evidence":
		list(d, &e.Evidence, readAttribute)
	default:
		readEventParts(d, e)
	}
}

// readEventParts reads the members that are objects, and skips those the ledger does not know.
func readEventParts(d *decoder, e *Event) {
	switch string(d.name) {
	case "bizLocation":
		optional(d, &e.BizLocation, readID)
	case "errorDeclaration":
		optional(d, &e.Declaration, readDeclaration)
	case "ilmd":
		optional(d, &e.Ilmd, readIlmd)
	case "persistentDisposition":
		optional(d, &e.Persistent, readPersistent)
	case "readPoint":
		optional(d, &e.ReadPoint, readID)
	case "yousang:work":
		optional(d, &e.Work, readWork)
	default:
		d.value()
	}
}

func readID(d *decoder, v *ID) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "id":
			text(d, &v.ID)
		default:
			d.value()
		}
	}
}

func readQuantity(d *decoder, v *EventQuantity) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "epcClass":
			text(d, &v.Class)
		case "quantity":
			readAmount(d, &v.Amount)
		case "uom":
			text(d, &v.Unit)
		default:
			d.value()
		}
	}
}

// pair reads an object of two texts, as many parts of an event are.
func pair(d *decoder, name1 string, v1 *string, name2 string, v2 *string) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case name1:
			text(d, v1)
		case name2:
			text(d, v2)
		default:
			d.value()
		}
	}
}

func readTransaction(d *decoder, v *BizTransaction) {
	pair(d, "bizTransaction", &v.ID, "type", &v.Type)
}

func readDestination(d *decoder, v *Destination) { pair(d, "destination", &v.ID, "type", &v.Type) }

func readSource(d *decoder, v *Source) { pair(d, "source", &v.ID, "type", &v.Type) }

func readDifference(d *decoder, v *Difference) {
	pair(d, "yousang:lot", &v.Lot, "yousang:reason", &v.Reason)
}

func readAttribute(d *decoder, v *Attribute) {
	pair(d, "yousang:name", &v.Name, "yousang:value", &v.Value)
}

func readPersistent(d *decoder, v *Persistent) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "set":
			list(d, &v.Set, text)
		case "unset":
			list(d, &v.Unset, text)
		default:
			d.value()
		}
	}
}

func readDeclaration(d *decoder, v *Declaration) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "correctiveEventIDs":
			list(d, &v.CorrectiveIDs, text)
		case "declarationTime":
			readTime(d, &v.Time)
		case "reason":
			text(d, &v.Reason)
		default:
			d.value()
		}
	}
}

func readIlmd(d *decoder, v *Ilmd) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "yousang:lots":
			list(d, &v.Lots, readLotFacts)
		case "yousang:season":
			text(d, &v.Season)
		default:
			d.value()
		}
	}
}

func readLotFacts(d *decoder, v *LotFacts) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "yousang:attributes":
			list(d, &v.Attributes, readAttribute)
		case "yousang:dryMass":
			readAmount(d, &v.DryMass)
		case "yousang:grade":
			text(d, &v.Grade)
		case "yousang:grower":
			text(d, &v.Grower)
		case "yousang:lot":
			text(d, &v.Lot)
		case "yousang:pieces":
			readAmount(d, &v.Pieces)
		case "yousang:product":
			text(d, &v.Product)
		default:
			d.value()
		}
	}
}

func readWork(d *decoder, v *FieldWork) {
	for ok := d.begin('{'); ok && d.member(); {
		switch string(d.name) {
		case "yousang:agent":
			text(d, &v.Agent)
		case "yousang:dose":
			text(d, &v.Dose)
		case "yousang:intervalDays":
			whole(d, &v.IntervalDays)
		case "yousang:kind":
			text(d, &v.Kind)
		case "yousang:maxUses":
			whole(d, &v.MaxUses)
		case "yousang:stop":
			readTime(d, &v.Stop)
		case "yousang:target":
			text(d, &v.Target)
		default:
			d.value()
		}
	}
}

// optional reads a part that may be absent. Where a member comes twice, the second is read into the first, as everywhere here and as
// encoding/json does.
func optional[T any](d *decoder, v **T, read func(*decoder, *T)) {
	if d.null() {
		*v = nil
		return
	}
	if *v == nil {
		*v = new(T)
	}
	read(d, *v)
}

func list[T any](d *decoder, v *[]T, read func(*decoder, *T)) {
	if d.null() {
		*v = nil
		return
	}
	s, n := *v, 0
	d.begin('[')
	for ; d.more(']'); n++ {
		if n == cap(s) {
			s = append(s, *new(T))
		} else if n >= len(s) {
			s = s[:n+1]
		}
		read(d, &s[n])
	}
	if n == 0 {
		s = []T{}
	}
	*v = s[:n]
}

func text[S ~string](d *decoder, v *S) {
	if d.null() {
		return
	}
	b := d.quoted()
	if w := usual(b); w != "" {
		*v = S(w)
		return
	}
	*v = S(b)
}

// usual is the one copy of a word that most events have; "" for other words.
func usual(b []byte) string {
	switch string(b) {
	case "KGM":
		return "KGM"
	case "H87":
		return "H87"
	case "+08:00":
		return "+08:00"
	case string(ObjectEvent):
		return string(ObjectEvent)
	case string(TransformationEvent):
		return string(TransformationEvent)
	case StepCommissioning:
		return StepCommissioning
	case StepTransforming:
		return StepTransforming
	case StepShipping:
		return StepShipping
	case StepReceiving:
		return StepReceiving
	}
	return ""
}

func truth(d *decoder, v *bool) {
	switch string(d.value()) {
	case "true":
		*v = true
	case "false":
		*v = false
	case "null":
	default:
		d.fail()
	}
}

func whole(d *decoder, v *int) {
	if d.null() {
		return
	}
	n, err := strconv.Atoi(string(d.value()))
	if err != nil {
		d.fail()
		return
	}
	*v = n
}

func readTime(d *decoder, v *Time) {
	if v.UnmarshalJSON(d.value()) != nil {
		d.fail()
	}
}

func readAmount(d *decoder, v *Amount) {
	if v.UnmarshalJSON(d.value()) != nil {
		d.fail()
	}
}
