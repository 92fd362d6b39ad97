package trace

// Assessor judges an event by the chain templates in force at its time. internal/chain implements it; the writer asks it once, before
// the append, and its questions become part of the record, so that a replay needs no template.
type Assessor interface {
	Assess(a Assessment) Verdict
}

// Assessment is what a chain may look at: the event and the lots it takes and makes, with quantities in base units.
type Assessment struct {
	Event     *Event
	Inputs    []Flow
	Outputs   []Flow
	Season    *Season // of a harvest or field work
	AreaMu    Amount  // of the season's place; 0 where unknown
	Yielded   Amount  // kg of the same products already harvested from the season, this event not counted
	MakerTier Tier    // of the acting organisation
}

// Flow is a quantity of one lot going in or coming out.
type Flow struct {
	Lot        string
	Product    Product
	Quantity   Quantity // in the base unit of its lot
	Mass       Amount   // kg: Quantity itself, or pieces × the product's net mass; 0 where unknown
	Pieces     Amount   // 0 where not counted
	DryMass    Amount   // kg; 0 where not declared
	Grade      string
	Attributes []Attribute
}

// Verdict is an Assessor's answer.
type Verdict struct {
	Questions []Question
	Gain      bool  // the step may give more mass than goes in (water is added, or masses are not comparable)
	Err       error // physically impossible: an Error with CodeImpossible or CodeMoreOutThanIn
}
