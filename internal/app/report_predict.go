package app

import "github.com/yousang/yousang/internal/trace"

// HarvestBasis is the master data that a harvest will rely on but that is not yet on record.
type HarvestBasis struct {
	Product   trace.Product // of the lots; chain and identifier are enough
	Season    *trace.Season // nil where the harvest comes from no season
	MakerTier trace.Tier    // of the organisation that harvests
}

// PredictQuestions predicts the questions 存疑 that a chain will raise about a harvest whose master data is not on record yet, so that a
// dry run can show the questions. The ledger cannot judge such a harvest: its product, place or season does not exist. A harvest with a
// quantity that cannot be converted has no questions, since the report will be refused. Nothing is recorded.
func (a *App) PredictQuestions(in *Harvest, basis HarvestBasis) []trace.Question {
	assessment := trace.Assessment{Event: &trace.Event{Step: in.Step}, Season: basis.Season, MakerTier: basis.MakerTier}
	if in.Time != nil {
		assessment.Event.Time = *in.Time
	}
	for i := range in.Lots {
		lot := &in.Lots[i]
		amount, unit, err := toBaseUnit(lot.Quantity, lot.Unit, basis.Product.Unit)
		if err != nil {
			return nil
		}
		product := basis.Product
		product.Unit = unit
		flow := trace.Flow{Product: product, Quantity: trace.Quantity{Amount: amount, Unit: unit}, Pieces: lot.Pieces,
			Attributes: newAttributes(lot.Attributes)}
		if unit == trace.Kilogram {
			flow.Mass = amount
		}
		assessment.Outputs = append(assessment.Outputs, flow)
	}
	return a.Chains.Assess(assessment).Questions
}
