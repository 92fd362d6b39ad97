package trace

import "strconv"

func readEvent(d *eventDecoder, e *Event) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "action":
			readText(d, &e.Action)
		case "bizStep":
			readText(d, &e.BizStep)
		case "disposition":
			readText(d, &e.Disposition)
		case "eventID":
			readText(d, &e.EventID)
		case "eventTime":
			readTime(d, &e.Time)
		case "eventTimeZoneOffset":
			readText(d, &e.Offset)
		case "parentID":
			readText(d, &e.ParentID)
		case "sensorElementList":
			e.Sensors = append(e.Sensors[:0], d.readValue()...)
		case "transformationID":
			readText(d, &e.TransformationID)
		case "type":
			readText(d, &e.Type)
		case "yousang:comment":
			readText(d, &e.Comment)
		case "yousang:final":
			readBool(d, &e.Final)
		case "yousang:reason":
			readText(d, &e.Reason)
		case "yousang:report":
			readText(d, &e.Report)
		case "yousang:step":
			readText(d, &e.Step)
		default:
			readEventLists(d, e)
		}
	}
}

// readEventLists reads the members that are lists.
func readEventLists(d *eventDecoder, e *Event) {
	switch string(d.name) {
	case "bizTransactionList":
		readList(d, &e.BizTransactions, readTransaction)
	case "childEPCs":
		readList(d, &e.ChildEPCs, readText)
	case "childQuantityList":
		readList(d, &e.Children, readQuantity)
	case "destinationList":
		readList(d, &e.Destinations, readDestination)
	case "epcList":
		readList(d, &e.EPCs, readText)
	case "inputEPCList":
		readList(d, &e.InputEPCs, readText)
	case "inputQuantityList":
		readList(d, &e.Inputs, readQuantity)
	case "outputEPCList":
		readList(d, &e.OutputEPCs, readText)
	case "outputQuantityList":
		readList(d, &e.Outputs, readQuantity)
	case "quantityList":
		readList(d, &e.Quantities, readQuantity)
	case "sourceList":
		readList(d, &e.Sources, readSource)
	case "yousang:differences":
		readList(d, &e.Differences, readDifference)
	case "yousang:evidence":
		readList(d, &e.Evidence, readAttribute)
	default:
		readEventParts(d, e)
	}
}

// readEventParts reads the members that are objects, and skips those the ledger does not know.
func readEventParts(d *eventDecoder, e *Event) {
	switch string(d.name) {
	case "bizLocation":
		readOptional(d, &e.BizLocation, readID)
	case "errorDeclaration":
		readOptional(d, &e.Declaration, readDeclaration)
	case "ilmd":
		readOptional(d, &e.Ilmd, readIlmd)
	case "persistentDisposition":
		readOptional(d, &e.Persistent, readPersistent)
	case "readPoint":
		readOptional(d, &e.ReadPoint, readID)
	case "yousang:work":
		readOptional(d, &e.Work, readWork)
	default:
		d.readValue()
	}
}

func readID(d *eventDecoder, v *ID) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "id":
			readText(d, &v.ID)
		default:
			d.readValue()
		}
	}
}

func readQuantity(d *eventDecoder, v *EventQuantity) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "epcClass":
			readText(d, &v.Class)
		case "quantity":
			readAmount(d, &v.Amount)
		case "uom":
			readText(d, &v.Unit)
		default:
			d.readValue()
		}
	}
}

// readPair reads an object of two texts, as many parts of an event are.
func readPair(d *eventDecoder, name1 string, v1 *string, name2 string, v2 *string) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case name1:
			readText(d, v1)
		case name2:
			readText(d, v2)
		default:
			d.readValue()
		}
	}
}

func readTransaction(d *eventDecoder, v *BizTransaction) {
	readPair(d, "bizTransaction", &v.ID, "type", &v.Type)
}

func readDestination(d *eventDecoder, v *Destination) {
	readPair(d, "destination", &v.ID, "type", &v.Type)
}

func readSource(d *eventDecoder, v *Source) { readPair(d, "source", &v.ID, "type", &v.Type) }

func readDifference(d *eventDecoder, v *Difference) {
	readPair(d, "yousang:lot", &v.Lot, "yousang:reason", &v.Reason)
}

func readAttribute(d *eventDecoder, v *Attribute) {
	readPair(d, "yousang:name", &v.Name, "yousang:value", &v.Value)
}

func readPersistent(d *eventDecoder, v *Persistent) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "set":
			readList(d, &v.Set, readText)
		case "unset":
			readList(d, &v.Unset, readText)
		default:
			d.readValue()
		}
	}
}

func readDeclaration(d *eventDecoder, v *Declaration) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "correctiveEventIDs":
			readList(d, &v.CorrectiveIDs, readText)
		case "declarationTime":
			readTime(d, &v.Time)
		case "reason":
			readText(d, &v.Reason)
		default:
			d.readValue()
		}
	}
}

func readIlmd(d *eventDecoder, v *Ilmd) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "yousang:lots":
			readList(d, &v.Lots, readLotFacts)
		case "yousang:season":
			readText(d, &v.Season)
		default:
			d.readValue()
		}
	}
}

func readLotFacts(d *eventDecoder, v *LotFacts) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "yousang:attributes":
			readList(d, &v.Attributes, readAttribute)
		case "yousang:dryMass":
			readAmount(d, &v.DryMass)
		case "yousang:grade":
			readText(d, &v.Grade)
		case "yousang:grower":
			readText(d, &v.Grower)
		case "yousang:lot":
			readText(d, &v.Lot)
		case "yousang:pieces":
			readAmount(d, &v.Pieces)
		case "yousang:product":
			readText(d, &v.Product)
		default:
			d.readValue()
		}
	}
}

func readWork(d *eventDecoder, v *FieldWork) {
	for ok := d.enterContainer('{'); ok && d.nextMember(); {
		switch string(d.name) {
		case "yousang:agent":
			readText(d, &v.Agent)
		case "yousang:dose":
			readText(d, &v.Dose)
		case "yousang:intervalDays":
			readInt(d, &v.IntervalDays)
		case "yousang:kind":
			readText(d, &v.Kind)
		case "yousang:maxUses":
			readInt(d, &v.MaxUses)
		case "yousang:stop":
			readTime(d, &v.Stop)
		case "yousang:target":
			readText(d, &v.Target)
		default:
			d.readValue()
		}
	}
}

// readOptional reads a part that may be absent. Where a member comes twice, the second is read into the first, as everywhere here and as
// encoding/json does.
func readOptional[T any](d *eventDecoder, v **T, read func(*eventDecoder, *T)) {
	if d.skipNull() {
		*v = nil
		return
	}
	if *v == nil {
		*v = new(T)
	}
	read(d, *v)
}

func readList[T any](d *eventDecoder, v *[]T, read func(*eventDecoder, *T)) {
	if d.skipNull() {
		*v = nil
		return
	}
	s, n := *v, 0
	d.enterContainer('[')
	for ; d.nextElement(']'); n++ {
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

func readText[S ~string](d *eventDecoder, v *S) {
	if d.skipNull() {
		return
	}
	b := d.readString()
	if w := shareCommonWord(b); w != "" {
		*v = S(w)
		return
	}
	*v = S(b)
}

// shareCommonWord is the one copy of a word that most events have; "" for other words.
func shareCommonWord(b []byte) string {
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

func readBool(d *eventDecoder, v *bool) {
	switch string(d.readValue()) {
	case "true":
		*v = true
	case "false":
		*v = false
	case "null":
	default:
		d.fail()
	}
}

func readInt(d *eventDecoder, v *int) {
	if d.skipNull() {
		return
	}
	n, err := strconv.Atoi(string(d.readValue()))
	if err != nil {
		d.fail()
		return
	}
	*v = n
}

func readTime(d *eventDecoder, v *Time) {
	if v.UnmarshalJSON(d.readValue()) != nil {
		d.fail()
	}
}

func readAmount(d *eventDecoder, v *Amount) {
	if v.UnmarshalJSON(d.readValue()) != nil {
		d.fail()
	}
}
