package epcis

// check is what the value of a standard member must be.
type check uint8

const (
	isText check = iota
	isURIValue
	isTimeValue
	isZone
	isAction
	isNumber
	isQuantity
	isBool
	isHex
	isUnit
	isWord     // a word of the rule's vocabulary, or a URI of someone else's
	isIDs      // one URI or a list of them
	isObject   // an object of the rule's shape
	isIlmd     // master data: namespaced members only
	isJSONLD   // an @context, read before
	isTypeName // the event type, read before
)

// rule is what one standard member must be.
type rule struct {
	check check
	list  bool // an array of such values
	vocab *vocabulary
	shape *shape
}

// shape is what an object must be.
type shape struct {
	members  map[string]rule
	required []string
	open     bool // extension members may stand here
}

func list(r rule) rule { r.list = true; return r }

func word(v *vocabulary) rule { return rule{check: isWord, vocab: v} }

func object(s *shape) rule { return rule{check: isObject, shape: s} }

var (
	uri     = rule{check: isURIValue}
	instant = rule{check: isTimeValue}
	decimal = rule{check: isNumber}
)

var (
	quantityShape = &shape{members: map[string]rule{"epcClass": uri, "quantity": {check: isQuantity}, "uom": {check: isUnit}},
		required: []string{"epcClass"}}
	placeShape       = &shape{members: map[string]rule{"id": uri}, required: []string{"id"}, open: true}
	stateShape       = &shape{members: map[string]rule{"set": list(word(dispositions)), "unset": list(word(dispositions))}}
	transactionShape = &shape{members: map[string]rule{"type": word(transactionTypes), "bizTransaction": uri},
		required: []string{"bizTransaction"}}
	sourceShape = &shape{members: map[string]rule{"type": word(partyTypes), "source": uri},
		required: []string{"type", "source"}}
	destinationShape = &shape{members: map[string]rule{"type": word(partyTypes), "destination": uri},
		required: []string{"type", "destination"}}
	declarationShape = &shape{members: map[string]rule{
		"declarationTime": instant, "reason": word(errorReasons), "correctiveEventIDs": list(uri),
	}, required: []string{"declarationTime"}, open: true}
	metadataShape = &shape{members: map[string]rule{
		"time": instant, "startTime": instant, "endTime": instant, "deviceID": uri, "deviceMetadata": uri, "rawData": uri,
		"dataProcessingMethod": uri, "bizRules": uri,
	}, open: true}
	reportShape = &shape{members: map[string]rule{
		"type": word(measurementTypes), "exception": word(alertTypes), "deviceID": uri, "deviceMetadata": uri, "rawData": uri,
		"dataProcessingMethod": uri, "time": instant, "microorganism": uri, "chemicalSubstance": uri, "value": decimal,
		"component": word(components), "stringValue": {check: isText}, "booleanValue": {check: isBool}, "hexBinaryValue": {check: isHex},
		"uriValue": uri, "minValue": decimal, "maxValue": decimal, "meanValue": decimal, "sDev": decimal, "percRank": decimal,
		"percValue": decimal, "uom": {check: isText}, "coordinateReferenceSystem": uri,
	}, open: true}
	sensorShape = &shape{members: map[string]rule{
		"sensorMetadata": object(metadataShape), "sensorReport": list(object(reportShape)),
	}, required: []string{"sensorReport"}, open: true}
)

// common are the members of every event type.
var common = map[string]rule{
	"@context": {check: isJSONLD}, "type": {check: isTypeName}, "eventTime": instant, "recordTime": instant,
	"eventTimeZoneOffset": {check: isZone}, "eventID": uri, "errorDeclaration": object(declarationShape),
	"certificationInfo": {check: isIDs}, "bizStep": word(bizSteps), "disposition": word(dispositions),
	"persistentDisposition": object(stateShape), "readPoint": object(placeShape), "bizLocation": object(placeShape),
	"bizTransactionList": list(object(transactionShape)), "sourceList": list(object(sourceShape)),
	"destinationList": list(object(destinationShape)), "sensorElementList": list(object(sensorShape)),
}

var (
	idList         = list(uri)
	quantitiesList = list(object(quantityShape))
	action         = rule{check: isAction}
)

// eventShape joins the members of a type to the common ones.
func eventShape(required []string, own map[string]rule) *shape {
	s := &shape{members: own, required: append([]string{"eventTime", "eventTimeZoneOffset"}, required...), open: true}
	for name, r := range common {
		s.members[name] = r
	}
	return s
}

var eventShapes = map[string]*shape{
	"ObjectEvent": eventShape([]string{"action"}, map[string]rule{
		"action": action, "epcList": idList, "quantityList": quantitiesList, "ilmd": {check: isIlmd},
	}),
	"AggregationEvent": eventShape([]string{"action"}, map[string]rule{
		"action": action, "parentID": uri, "childEPCs": idList, "childQuantityList": quantitiesList,
	}),
	"AssociationEvent": eventShape([]string{"action", "parentID"}, map[string]rule{
		"action": action, "parentID": uri, "childEPCs": idList, "childQuantityList": quantitiesList,
	}),
	"TransactionEvent": eventShape([]string{"action", "bizTransactionList"}, map[string]rule{
		"action": action, "parentID": uri, "epcList": idList, "quantityList": quantitiesList,
	}),
	"TransformationEvent": eventShape(nil, map[string]rule{
		"inputEPCList": idList, "inputQuantityList": quantitiesList, "outputEPCList": idList, "outputQuantityList": quantitiesList,
		"transformationID": uri, "ilmd": {check: isIlmd},
	}),
}
