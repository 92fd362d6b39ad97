package epcis

// field is one standard field in the order of the event hash.
type field struct {
	name  string      // in JSON
	label string      // written once before the elements
	elem  string      // written before each element
	vocab *vocabulary // bare words of this list become IRIs
	time  bool        // a time: UTC, milliseconds
	sub   *order      // the fields of each element, where it is an object
}

// order is the canonical property order of an object (CBV 2.0, 8.9.2).
type order struct {
	fields []field
	index  map[string]int8
}

func newOrder(fields ...field) *order {
	o := &order{fields: fields, index: make(map[string]int8, len(fields))}
	for i := range fields {
		if f := &o.fields[i]; f.elem == "" && f.label == "" {
			f.elem = f.name
		}
		o.index[o.fields[i].name] = int8(i)
	}
	return o
}

func plainFields(names ...string) []field {
	out := make([]field, len(names))
	for i, n := range names {
		out[i] = field{name: n}
	}
	return out
}

func timeField(name string) field { return field{name: name, time: true} }

var (
	idOrder       = newOrder(plainFields("id")...)
	quantityOrder = newOrder(plainFields("epcClass", "quantity", "uom")...)
	stateOrder    = newOrder(field{name: "set", vocab: dispositions}, field{name: "unset", vocab: dispositions})

	// The type comes before the value that the type qualifies.
	transactionOrder = newOrder(field{name: "type", vocab: transactionTypes}, field{name: "bizTransaction"})
	sourceOrder      = newOrder(field{name: "type", vocab: partyTypes}, field{name: "source"})
	destinationOrder = newOrder(field{name: "type", vocab: partyTypes}, field{name: "destination"})

	metadataOrder = newOrder(append([]field{timeField("time"), timeField("startTime"), timeField("endTime")},
		plainFields("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")...)...)
	reportOrder = newOrder(
		field{name: "type", vocab: measurementTypes}, field{name: "exception", vocab: alertTypes}, field{name: "deviceID"},
		field{name: "deviceMetadata"}, field{name: "rawData"}, field{name: "dataProcessingMethod"}, timeField("time"),
		field{name: "microorganism"}, field{name: "chemicalSubstance"}, field{name: "value"}, field{name: "component", vocab: components},
		field{name: "stringValue"}, field{name: "booleanValue"}, field{name: "hexBinaryValue"}, field{name: "uriValue"},
		field{name: "minValue"}, field{name: "maxValue"}, field{name: "meanValue"}, field{name: "sDev"}, field{name: "percRank"},
		field{name: "percValue"}, field{name: "uom"}, field{name: "coordinateReferenceSystem"})
	sensorOrder = newOrder(field{name: "sensorMetadata", sub: metadataOrder}, field{name: "sensorReport", sub: reportOrder})
)

func epcField(name string) field { return field{name: name, label: name, elem: "epc"} }

func quantityField(name string) field {
	return field{name: name, label: name, elem: "quantityElement", sub: quantityOrder}
}

// eventOrder is the order for all five event types. CBV 2.0 leaves out the name sensorElementList; the elements of the list
// carry their own name.
var eventOrder = newOrder(
	timeField("eventTime"), field{name: "eventTimeZoneOffset"},
	epcField("epcList"), field{name: "parentID"}, epcField("inputEPCList"), epcField("childEPCs"),
	quantityField("quantityList"), quantityField("childQuantityList"), quantityField("inputQuantityList"),
	epcField("outputEPCList"), quantityField("outputQuantityList"),
	field{name: "action"}, field{name: "transformationID"},
	field{name: "bizStep", vocab: bizSteps}, field{name: "disposition", vocab: dispositions},
	field{name: "persistentDisposition", sub: stateOrder},
	field{name: "readPoint", sub: idOrder}, field{name: "bizLocation", sub: idOrder},
	field{name: "bizTransactionList", label: "bizTransactionList", sub: transactionOrder},
	field{name: "sourceList", label: "sourceList", sub: sourceOrder},
	field{name: "destinationList", label: "destinationList", sub: destinationOrder},
	field{name: "sensorElementList", elem: "sensorElement", sub: sensorOrder},
)

// outside are the members of an event that the hash does not cover: the recorder and the time of recording, the names of the event, and
// declarations about the event that came later. ilmd is covered, in a place of its own.
var outside = map[string]bool{
	"@context": true, "type": true, "eventID": true, "recordTime": true, "errorDeclaration": true, "certificationInfo": true, "ilmd": true,
}

// isComment reports whether a member is a remark for people. Remarks are left out of the hash at every level.
func isComment(key []byte) bool { return string(key) == "rdfs:comment" || string(key) == "comment" }
