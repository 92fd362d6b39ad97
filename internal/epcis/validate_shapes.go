package epcis

// check says what the value of a standard member must be.
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
	isWord     // a word of the rule's vocabulary, or a URI of another vocabulary
	isIDs      // one URI or a list of them
	isObject   // an object of the rule's shape
	isIlmd     // master data: namespaced members only
	isJSONLD   // an @context, read before
	isTypeName // the event type, read before
)

// rule says what one standard member must be.
type rule struct {
	check check
	list  bool // an array of such values
	vocab *vocabulary
	shape *shape
}

// shape says what an object must be.
type shape struct {
	members  map[string]rule
	required []string
	open     bool // extension members may stand here
}

func listOf(r rule) rule { r.list = true; return r }

func wordRule(v *vocabulary) rule { return rule{check: isWord, vocab: v} }

func objectRule(s *shape) rule { return rule{check: isObject, shape: s} }

var (
	uri     = rule{check: isURIValue}
	instant = rule{check: isTimeValue}
	decimal = rule{check: isNumber}
)

var (
	quantityShape = &shape{members: map[string]rule{"epcClass": uri, "quantity": {check: isQuantity}, "uom": {check: isUnit}},
		required: []string{"epcClass"}}
	placeShape       = &shape{members: map[string]rule{"id": uri}, required: []string{"id"}, open: true}
	stateShape       = &shape{members: map[string]rule{"set": listOf(wordRule(dispositions)), "unset": listOf(wordRule(dispositions))}}
	transactionShape = &shape{members: map[string]rule{"type": wordRule(transactionTypes), "bizTransaction": uri},
		required: []string{"bizTransaction"}}
	sourceShape = &shape{members: map[string]rule{"type": wordRule(partyTypes), "source": uri},
		required: []string{"type", "source"}}
	destinationShape = &shape{members: map[string]rule{"type": wordRule(partyTypes), "destination": uri},
		required: []string{"type", "destination"}}
	declarationShape = &shape{members: map[string]rule{
		"declarationTime": instant, "reason": wordRule(errorReasons), "correctiveEventIDs": listOf(uri),
	}, required: []string{"declarationTime"}, open: true}
	metadataShape = &shape{members: map[string]rule{
		"time": instant, "startTime": instant, "endTime": instant, "deviceID": uri, "deviceMetadata": uri, "rawData": uri,
		"dataProcessingMethod": uri, "bizRules": uri,
	}, open: true}
	reportShape = &shape{members: map[string]rule{
		"type": wordRule(measurementTypes), "exception": wordRule(alertTypes), "deviceID": uri, "deviceMetadata": uri, "rawData": uri,
		"dataProcessingMethod": uri, "time": instant, "microorganism": uri, "chemicalSubstance": uri, "value": decimal,
		"component": wordRule(components), "stringValue": {check: isText}, "booleanValue": {check: isBool},
		"hexBinaryValue": {check: isHex},
		"uriValue":       uri, "minValue": decimal, "maxValue": decimal, "meanValue": decimal, "sDev": decimal, "percRank": decimal,
		"percValue": decimal, "uom": {check: isText}, "coordinateReferenceSystem": uri,
	}, open: true}
	sensorShape = &shape{members: map[string]rule{
		"sensorMetadata": objectRule(metadataShape), "sensorReport": listOf(objectRule(reportShape)),
	}, required: []string{"sensorReport"}, open: true}
)

// common are the members of every event type.
var common = map[string]rule{
	"@context": {check: isJSONLD}, "type": {check: isTypeName}, "eventTime": instant, "recordTime": instant,
	"eventTimeZoneOffset": {check: isZone}, "eventID": uri, "errorDeclaration": objectRule(declarationShape),
	"certificationInfo": {check: isIDs}, "bizStep": wordRule(bizSteps), "disposition": wordRule(dispositions),
	"persistentDisposition": objectRule(stateShape), "readPoint": objectRule(placeShape), "bizLocation": objectRule(placeShape),
	"bizTransactionList": listOf(objectRule(transactionShape)), "sourceList": listOf(objectRule(sourceShape)),
	"destinationList": listOf(objectRule(destinationShape)), "sensorElementList": listOf(objectRule(sensorShape)),
}

var (
	idList         = listOf(uri)
	quantitiesList = listOf(objectRule(quantityShape))
	action         = rule{check: isAction}
)

// newEventShape joins the members of a type to the common ones.
func newEventShape(required []string, own map[string]rule) *shape {
	s := &shape{members: own, required: append([]string{"eventTime", "eventTimeZoneOffset"}, required...), open: true}
	for name, r := range common {
		s.members[name] = r
	}
	return s
}

var eventShapes = map[string]*shape{
	"ObjectEvent": newEventShape([]string{"action"}, map[string]rule{
		"action": action, "epcList": idList, "quantityList": quantitiesList, "ilmd": {check: isIlmd},
	}),
	"AggregationEvent": newEventShape([]string{"action"}, map[string]rule{
		"action": action, "parentID": uri, "childEPCs": idList, "childQuantityList": quantitiesList,
	}),
	"AssociationEvent": newEventShape([]string{"action", "parentID"}, map[string]rule{
		"action": action, "parentID": uri, "childEPCs": idList, "childQuantityList": quantitiesList,
	}),
	"TransactionEvent": newEventShape([]string{"action", "bizTransactionList"}, map[string]rule{
		"action": action, "parentID": uri, "epcList": idList, "quantityList": quantitiesList,
	}),
	"TransformationEvent": newEventShape(nil, map[string]rule{
		"inputEPCList": idList, "inputQuantityList": quantitiesList, "outputEPCList": idList, "outputQuantityList": quantitiesList,
		"transformationID": uri, "ilmd": {check: isIlmd},
	}),
}
