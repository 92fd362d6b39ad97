package epcis

import "strings"

// vocabulary is one of the word lists of CBV 2.0. JSON has the bare words ("shipping"); the event hash has their IRIs.
type vocabulary struct {
	base  string // the IRI of a word is base + word
	words map[string]bool
	urn   string // the words' older URN form, which JSON does not use
}

func newVocabulary(base, urn, list string) *vocabulary {
	v := &vocabulary{base: base, words: map[string]bool{}, urn: urn}
	for _, w := range strings.Fields(list) {
		v.words[w] = true
	}
	return v
}

// The word lists (CBV 2.0, section 7; the sensor lists are of the GS1 Web Vocabulary).
var (
	bizSteps = newVocabulary(cbvVoc+"BizStep-", "urn:epcglobal:cbv:bizstep:", `
		accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting decommissioning
		departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing killing loading other
		packing picking receiving removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting shipping
		staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping`)
	dispositions = newVocabulary(cbvVoc+"Disp-", "urn:epcglobal:cbv:disp:", `
		active available completeness_inferred completeness_verified conformant container_closed container_open damaged destroyed
		dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance mismatch_quantity
		needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
		sellable_accessible sellable_not_accessible stolen unavailable unknown`)
	transactionTypes = newVocabulary(cbvVoc+"BTT-", "urn:epcglobal:cbv:btt:", `
		bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt`)
	partyTypes   = newVocabulary(cbvVoc+"SDT-", "urn:epcglobal:cbv:sdt:", `location owning_party possessing_party`)
	errorReasons = newVocabulary(cbvVoc+"ER-", "urn:epcglobal:cbv:er:", `did_not_occur incorrect_data`)
	components   = newVocabulary(cbvVoc+"Comp-", "urn:epcglobal:cbv:comp:", `
		x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude longitude altitude`)
	alertTypes       = newVocabulary(gs1Voc, "", `ALARM_CONDITION ERROR_CONDITION`)
	measurementTypes = newVocabulary(gs1Voc, "", `
		AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude AmountOfSubstance
		AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance Conductance
		Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
		ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency Illuminance
		Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity MagneticFlux
		MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity
		MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity RelativeHumidity Resistance
		Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate
		VolumeFraction VolumetricFlux Wavenumber`)
)

// byURN are the vocabularies whose URN form the event hash rewrites (CBV 2.0, 8.9, rule 14).
var byURN = []*vocabulary{bizSteps, dispositions, transactionTypes, partyTypes, errorReasons}
