"""Impact bonds: projects with INDIGO's fields and ours."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "entry_value",
    "entry",
    "investment",
    "outcome_payment",
    "outcome_pricing",
    "project_result",
    "delivery_location",
    "statement",
    "outcome_metric",
    "party",
    "project",
)
"""In the order in which they can be dropped."""


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "project",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indigo", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_project_disputed")),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_project_id_slug")),
        sa.CheckConstraint("indigo LIKE 'INDIGO-POJ-____'", name=op.f("ck_project_indigo")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_project_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("indigo", name=op.f("uq_project_indigo")),
    )
    op.create_table(
        "delivery_location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("provision", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("lat", sa.String(), nullable=True),
        sa.Column("lng", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("area_code_type", sa.String(), nullable=True),
        sa.Column("area_code", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_delivery_location_disputed")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_delivery_location_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_delivery_location_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_location")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_entry_disputed")),
        sa.CheckConstraint(
            "list_name IN ('outcome_funds', 'sources', 'service_provisions', 'outcome_payment_commitments', 'intermediary_services', 'transactions', 'technical_assistances', 'technical_assistance_details', 'open_contracting_datas', '360giving_datas', 'documents', 'outcome_payment_plans', 'provider_side_cost', 'outcome_payer_cost')",
            name=op.f("ck_entry_list_name"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_entry_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_entry_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("id", "project_id", name=op.f("uq_entry_id_project_id")),
    )
    op.create_table(
        "outcome_metric",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indigo", sa.String(), nullable=True),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("target_population", sa.String(), nullable=True),
        sa.Column("targeted_number", sa.String(), nullable=True),
        sa.Column("unit_type", sa.String(), nullable=True),
        sa.Column("unit_description", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("other_target", sa.String(), nullable=True),
        sa.Column("validation_method", sa.String(), nullable=True),
        sa.Column("data_source", sa.String(), nullable=True),
        sa.Column("policy_sector", sa.String(), nullable=True),
        sa.Column("primary_sdg_goal", sa.String(), nullable=True),
        sa.Column("secondary_sdg_goals", sa.String(), nullable=True),
        sa.Column("primary_sdg_target", sa.String(), nullable=True),
        sa.Column("secondary_sdg_targets", sa.String(), nullable=True),
        sa.Column("measures", sa.String(), nullable=True),
        sa.Column("ascertainment", sa.String(), nullable=True),
        sa.Column("horizon_months", sa.String(), nullable=True),
        sa.Column("threshold_operator", sa.String(), nullable=True),
        sa.Column("threshold_value", sa.String(), nullable=True),
        sa.Column("threshold_unit", sa.String(), nullable=True),
        sa.Column("success_share", sa.String(), nullable=True),
        sa.Column("validation_level", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN trim(success_share, '0123456789.') = '' AND trim(success_share, '.') <> '' AND success_share NOT LIKE '%.%.%' THEN CAST(success_share AS NUMERIC) BETWEEN 0 AND 100 ELSE success_share IS NULL END",
            name=op.f("ck_outcome_metric_success_share"),
        ),
        sa.CheckConstraint(
            "ascertainment IN ('point', 'period', 'ever')",
            name=op.f("ck_outcome_metric_ascertainment"),
        ),
        sa.CheckConstraint("definition <> ''", name=op.f("ck_outcome_metric_definition")),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_outcome_metric_disputed")),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_outcome_metric_id_slug")),
        sa.CheckConstraint(
            "measures IN ('reoffending', 'out-of-home-care', 'child-protection', 'welfare-benefits', 'special-education', 'housing', 'employment', 'job-start', 'job-sustained', 'employment-or-education', 'education', 'enrolment', 'learning', 'drop-out', 'participation', 'sickness-absence', 'hypertension', 'diabetes', 'earned-income', 'public-spending')",
            name=op.f("ck_outcome_metric_measures"),
        ),
        sa.CheckConstraint(
            "threshold_operator IN ('at-least', 'more-than', 'at-most', 'less-than', 'equal')",
            name=op.f("ck_outcome_metric_threshold_operator"),
        ),
        sa.CheckConstraint(
            "unit_type <> 'Other' OR unit_description IS NOT NULL",
            name=op.f("ck_outcome_metric_unit_description"),
        ),
        sa.CheckConstraint(
            "unit_type IN ('Individual', 'Other')", name=op.f("ck_outcome_metric_unit_type")
        ),
        sa.CheckConstraint(
            "validation_level IN ('randomised', 'quasi-experimental', 'historical', 'pre-post', 'ex-post', 'not-available')",
            name=op.f("ck_outcome_metric_validation_level"),
        ),
        sa.CheckConstraint(
            "(threshold_operator IS NULL) = (threshold_value IS NULL) AND (threshold_value IS NULL) = (threshold_unit IS NULL)",
            name=op.f("ck_outcome_metric_threshold"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_outcome_metric_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_outcome_metric_provenance_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "id", name=op.f("pk_outcome_metric")),
    )
    op.create_table(
        "party",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("indigo", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_party_id_slug")),
        sa.CheckConstraint("indigo LIKE 'INDIGO-ORG-____'", name=op.f("ck_party_indigo")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_party_name")),
        sa.CheckConstraint(
            "role IN ('outcome-payer', 'investor', 'lender', 'guarantor', 'service-provider', 'intermediary', 'evaluator', 'partner')",
            name=op.f("ck_party_role"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_party_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_party_provenance_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "id", name=op.f("pk_party")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE field WHEN 'stage_development' THEN value IN ('Contracted', 'Implementation', 'Service delivery complete', 'Complete') WHEN 'social_investment_prototype' THEN value IN ('YES', 'NO') WHEN 'purpose_and_classifications.policy_sector' THEN value IN ('Employment and training', 'Child and family welfare', 'Health', 'Homelessness', 'Education', 'Criminal justice', 'Agriculture and environment', 'Poverty reduction') WHEN 'service_and_beneficiaries.unit_type_targeted_service_users_or_beneficiaries' THEN value IN ('Individual', 'Other') WHEN 'service_and_beneficiaries.unit_type_actual_service_users_or_beneficiaries' THEN value IN ('Individual', 'Other') WHEN 'changes_to_project_due_to_covid19' THEN value IN ('Pause project', 'Continue on outcomes contract without variations', 'Continue on outcomes contract with variations', 'Switch to grant payments based on medium scenarios') ELSE 1 = 1 END",
            name=op.f("ck_statement_value_listed"),
        ),
        sa.CheckConstraint(
            "currency IS NULL OR field IN ('investment_details.total_funds_invested.latest.amount', 'overall_project_finance.maximum_potential_outcome_payment_v2.amount', 'overall_project_finance.total_investment_commitment.amount.exact', 'overall_project_finance.total_investment_commitment.amount.max', 'overall_project_finance.total_investment_commitment.amount.min', 'overall_project_finance.total_outcome_payments_made.amount', 'x_expected_saving.amount', 'x_guarantee.commitment.amount', 'x_guarantee.latest.amount')",
            name=op.f("ck_statement_money"),
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_statement_disputed")),
        sa.CheckConstraint(
            "field IN ('alternative_names', 'stage_development', 'social_investment_prototype', 'dates.outcomes_contract_signed', 'dates.contracts_between_all_parties_signed', 'dates.anticipated_completion_date', 'dates.actual_completion_date', 'dates.start_date_of_service_provision', 'dates.anticipated_end_date_of_service_provision', 'dates.actual_end_date_of_service_provision', 'dates.anticipated_duration_of_service_provision', 'dates.actual_duration_of_service_provision', 'dates.notes', 'jurisdiction.jurisdiction', 'jurisdiction.notes', 'overall_project_finance.total_investment_commitment.amount.min', 'overall_project_finance.total_investment_commitment.amount.exact', 'overall_project_finance.total_investment_commitment.amount.max', 'overall_project_finance.total_investment_commitment.amount_usd.min', 'overall_project_finance.total_investment_commitment.amount_usd.exact', 'overall_project_finance.total_investment_commitment.amount_usd.max', 'overall_project_finance.maximum_potential_outcome_payment_v2.amount', 'overall_project_finance.maximum_potential_outcome_payment_v2.amount_usd', 'overall_project_finance.maximum_potential_loss', 'overall_project_finance.maximum_potential_return_type', 'overall_project_finance.maximum_potential_return', 'overall_project_finance.configuration_contracting_parties', 'overall_project_finance.investor_repayment', 'overall_project_finance.total_outcome_payments_made.amount', 'overall_project_finance.total_outcome_payments_made.amount_usd', 'overall_project_finance.notes', 'investment_details.total_funds_invested.latest.amount', 'investment_details.total_funds_invested.latest.amount_usd', 'investment_details.total_funds_invested.latest.date', 'investment_details.internal_rate_of_return.target', 'investment_details.internal_rate_of_return.latest', 'investment_details.internal_rate_of_return.date', 'investment_details.notes', 'purpose_and_classifications.social_challenge', 'purpose_and_classifications.intervention', 'purpose_and_classifications.policy_sector', 'purpose_and_classifications.primary_sdg_goal', 'purpose_and_classifications.secondary_sdg_goals', 'purpose_and_classifications.primary_sdg_target', 'purpose_and_classifications.secondary_sdg_targets', 'purpose_and_classifications.notes', 'service_and_beneficiaries.target_population', 'service_and_beneficiaries.targeted_number_service_users_or_beneficiaries_total', 'service_and_beneficiaries.unit_type_targeted_service_users_or_beneficiaries', 'service_and_beneficiaries.unit_description_of_service_user_or_beneficiaries', 'service_and_beneficiaries.actual_number_service_users_or_beneficiaries_total', 'service_and_beneficiaries.unit_type_actual_service_users_or_beneficiaries', 'service_and_beneficiaries.unit_description_of_actual_service_user_or_beneficiaries', 'service_and_beneficiaries.notes', 'changes_to_project_due_to_covid19', 'notes', 'x_year', 'x_stage', 'x_expected_saving.amount', 'x_guarantee.commitment.amount', 'x_guarantee.latest.amount', 'x_evaluation_design')",
            name=op.f("ck_statement_field"),
        ),
        sa.CheckConstraint(
            "qualifier IN ('about', 'at-least', 'at-most', 'more-than')",
            name=op.f("ck_statement_qualifier"),
        ),
        sa.CheckConstraint("value <> ''", name=op.f("ck_statement_value")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_statement_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_statement_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_table(
        "entry_value",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE field WHEN 'sources[].type' THEN value IN ('Contract', 'Report', 'Award Notice', 'Website', 'News piece', 'Press release', 'Email correspondence', 'Evaluation report') WHEN 'service_provisions[].organisation_role_category' THEN value IN ('Nonprofit/NGO', 'Foundation/Philanthropist', 'Government/Public Sector/Public Bank', 'For-profit', 'Other') WHEN 'outcome_payment_commitments[].organisation_role_category' THEN value IN ('Nonprofit/NGO', 'Foundation/Philanthropist', 'Government/Public Sector/Public Bank', 'Multilateral/Bilateral/Intergovernmental Financial Institution', 'Corporate Giving', 'Investment Fund', 'Other') WHEN 'outcome_payment_commitments[].result_type' THEN value IN ('Interim', 'Overall') WHEN 'intermediary_services[].organisation_role_category' THEN value IN ('Impact bond design', 'Financial and commercial modelling', 'Impact bond investment structure', 'Capital raise', 'Loan arranger', 'Performance management', 'Legal counsel', 'Technical assistance', 'Other') WHEN 'transactions[].transaction_type' THEN value IN ('Debt', 'Grant', 'Equity', 'Debt and Equity', 'Interest Payment', 'Capital Repayment', 'Capital Repayment and Interest', 'Outcome Payment', 'Other') WHEN 'technical_assistance_details[].category' THEN value IN ('Overall TA - Planning - Project Management', 'Overall TA - Planning - Commissioning', 'Overall TA - Delivery - In-house Relationship', 'Overall TA - Delivery - In-house Specialist', 'Overall TA - Delivery - Pro-bono Partner', 'Overall TA - Delivery - External Consultant', 'Overall TA - Delivery - SPO Staff Member', 'Theory of Change and Impact Strategy - Support to develop the Theory of Change and Impact Strategy', 'Theory of Change and Impact Strategy - Support to develop an evaluation framework and performance measures', 'Developing an Impact Measurement System', 'Fundraising - Assistance securing funding from other sources', 'Fundraising - Use VPO''s reputation to help grantees secure funding from other sources', 'Fundraising - Practical support with fundraising', 'Fundraising - Fundraising advice or strategy', 'Fundraising - Assistance securing follow-on funding', 'Revenue Strategy - Business Planning', 'Revenue Strategy - Business Model Development or Business Model Canvas)', 'Financial Management - Sound Financial Management Capabilities or Financial Management Tools', 'Financial Management - Develop Financial Systems', 'Financial Management - Financial Management Advice', 'Financial Management - Financial Planning or Accounting', 'Financial Management - Support To Establish New Financial Systems', 'Human Capital Support - Strengthening CEO And Management Team (Coaching And Mentoring', 'Human Capital Support - Recruitment And Talent Provision', 'Governance Support - Support to Develop Board of Directors', 'Governance Support - Advice or Assistance to Strengthen the Board or Governance System', 'Governance Support - Board Development or Governance Assistance', 'Governance Support - Assistance in Recruitment of New Board Members', 'Strategic Support - Strategy Consulting', 'Strategic Support - General Management Advice', 'Strategic Support - Strategic Planning Advice', 'Strategic Support - Support to Develop the Business Strategy', 'Strategic Support - Support to Develop New Products or Services', 'Strategic Support - Support to Develop New Business Systems or Procedures', 'Strategic Support - Advice on management of change', 'Operational Support - Marketing', 'Operational Support - Operational Management', 'Operational Support - Technical Assistance in Specialist Areas', 'Operational Support - ICT Advice', 'Operational Support - Support on Procurement', 'Operational Support - Estate Management or Access to Physical Space', 'Operational Support - Legal Advice', 'Funding - Financing Capacity Building Grants and Awards - Specific money allocated for non-financial support', 'Funding - Financing Capacity Building Grants and Awards - VPOs and VPO’s funders allocate specific resources to non-financial support', 'Funding - Financing Unrestricted Grants or Funding - Give unrestricted funding for capacity building', 'Funding - Financing Unrestricted Grants or Funding - VPOs and VPO’s funders allocate specific resources to non-financial support/external donations', 'Funding - Financing Grants and Contacts with External Capacity-building Providers - Develop Network of Capacity-building Providers', 'Funding - Financing Grants and Contacts with External Capacity-building Providers - External Parties Giving Support For Free', 'Funding - Financing Capacity Building Through Collaboration Among Funders And Beyond - Investors Team Up To Address Capacity-building Challenges', 'Funding - Financing Capacity Building Through Collaboration Among Funders And Beyond - VPOs and VPO’s Funders Allocate Specific Resources to Non-financial Support', 'Funding - Financing Management Fees', 'Funding - Financing the SPO to Pay for Non-financial Support or Matching', 'Funding - Financing Corporate Partners', 'Funding - Financing a VPO Subsidy') WHEN 'technical_assistance_details[].approach' THEN value IN ('SPO Board Seat (including Observers)', 'Coaching and mentoring', 'Trainings, Workshops and Boot Camps', 'Conferences and Other External Events', 'Access to Networks (External or Peers)', 'Specific Expertise (One-to-One or Groups)', 'Mentoring', 'Informal Relationship Management and Ad Hoc Support', 'Other Approach') WHEN 'technical_assistance_details[].cost_type' THEN value IN ('Purchased or spent', 'In-kind', 'Staff cost', 'Other') ELSE 1 = 1 END",
            name=op.f("ck_entry_value_value_listed"),
        ),
        sa.CheckConstraint(
            "field IN ('outcome_funds[].id', 'sources[].id', 'sources[].name', 'sources[].type', 'sources[].publishing_organisation_ids', 'sources[].url', 'sources[].archive_url', 'sources[].internal_url', 'sources[].publication_date', 'sources[].accessed_date', 'service_provisions[].id', 'service_provisions[].organisation_id', 'service_provisions[].organisation_role_category', 'service_provisions[].intervention', 'service_provisions[].planned_service.start_date', 'service_provisions[].planned_service.end_date', 'service_provisions[].actual_service.start_date', 'service_provisions[].actual_service.end_date', 'service_provisions[].alterations.description', 'service_provisions[].alterations.reason', 'outcome_payment_commitments[].organisation_id', 'outcome_payment_commitments[].organisation_role_category', 'outcome_payment_commitments[].maximum_potential_outcome_payment.currency', 'outcome_payment_commitments[].maximum_potential_outcome_payment.amount', 'outcome_payment_commitments[].maximum_potential_outcome_payment.amount_usd', 'outcome_payment_commitments[].result_type', 'outcome_payment_commitments[].period.start_date', 'outcome_payment_commitments[].period.end_date', 'outcome_payment_commitments[].total_outcome_payments.currency', 'outcome_payment_commitments[].total_outcome_payments.amount', 'outcome_payment_commitments[].total_outcome_payments.amount_usd', 'outcome_payment_commitments[].alterations.description', 'outcome_payment_commitments[].alterations.reason', 'intermediary_services[].organisation_id', 'intermediary_services[].organisation_role_category', 'intermediary_services[].other_role_description', 'transactions[].investment_id', 'transactions[].outcome_metric_id', 'transactions[].date', 'transactions[].sending_organisation_id', 'transactions[].receiving_organisation_id', 'transactions[].transaction_type', 'transactions[].money.currency', 'transactions[].money.amount', 'transactions[].money.amount_usd', 'transactions[].sandboxes', 'technical_assistances[].id', 'technical_assistances[].title', 'technical_assistances[].description', 'technical_assistances[].period_start', 'technical_assistances[].period_end', 'technical_assistances[].funding_organisation_id', 'technical_assistances[].recipient_organisation_id', 'technical_assistances[].currency', 'technical_assistance_details[].technical_assistance_id', 'technical_assistance_details[].title', 'technical_assistance_details[].description', 'technical_assistance_details[].category', 'technical_assistance_details[].approach', 'technical_assistance_details[].cost_type', 'technical_assistance_details[].cost_of_activities.amount', 'technical_assistance_details[].cost_of_activities.amount_usd', 'technical_assistance_details[].number_of_days', 'open_contracting_datas[].ocid', '360giving_datas[].grant_id', 'documents[].title', 'documents[].url', 'outcome_payment_plans[].id', 'outcome_payment_plans[].period.start_date', 'outcome_payment_plans[].period.end_date', 'outcome_payment_plans[].sandboxes', 'provider_side_cost[].date', 'provider_side_cost[].phase', 'provider_side_cost[].classification', 'provider_side_cost[].payment.currency', 'provider_side_cost[].payment.planned', 'provider_side_cost[].payment.planned_usd', 'provider_side_cost[].payment.actual', 'provider_side_cost[].payment.actual_usd', 'provider_side_cost[].incurred_by', 'provider_side_cost[].type', 'provider_side_cost[].days', 'outcome_payer_cost[].date', 'outcome_payer_cost[].phase', 'outcome_payer_cost[].classification', 'outcome_payer_cost[].payment.currency', 'outcome_payer_cost[].payment.planned', 'outcome_payer_cost[].payment.planned_usd', 'outcome_payer_cost[].payment.actual', 'outcome_payer_cost[].payment.actual_usd', 'outcome_payer_cost[].incurred_by', 'outcome_payer_cost[].type', 'outcome_payer_cost[].days')",
            name=op.f("ck_entry_value_field"),
        ),
        sa.CheckConstraint("value <> ''", name=op.f("ck_entry_value_value")),
        sa.ForeignKeyConstraint(
            ["entry_id", "project_id"],
            ["entry.id", "entry.project_id"],
            name=op.f("fk_entry_value_entry_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_entry_value")),
    )
    op.create_table(
        "investment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("indigo", sa.String(), nullable=True),
        sa.Column("investor_id", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("least", sa.String(), nullable=True),
        sa.Column("exact", sa.String(), nullable=True),
        sa.Column("most", sa.String(), nullable=True),
        sa.Column("usd_least", sa.String(), nullable=True),
        sa.Column("usd_exact", sa.String(), nullable=True),
        sa.Column("usd_most", sa.String(), nullable=True),
        sa.Column("maximum_loss", sa.String(), nullable=True),
        sa.Column("return_type", sa.String(), nullable=True),
        sa.Column("maximum_return", sa.String(), nullable=True),
        sa.Column("repayment", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "category IN ('Nonprofit/NGO', 'Foundation/Philanthropist', 'Government/Public Sector/Public Bank', 'Multilateral/Bilateral/Intergovernmental Financial Institution', 'Corporate Giving', 'Investment Fund', 'High Net Worth Individual/Family Office/Private Bank', 'Impact Investor', 'Commercial')",
            name=op.f("ck_investment_category"),
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_investment_disputed")),
        sa.CheckConstraint(
            "repayment IN ('No repayment (no principle or return)', 'Some repayment (but below value of principle)', 'Principal repaid (but no net return)', 'Principal + positive financial returns', 'Not publicly available')",
            name=op.f("ck_investment_repayment"),
        ),
        sa.CheckConstraint(
            "return_type IN ('IRR', 'Average annual return')",
            name=op.f("ck_investment_return_type"),
        ),
        sa.CheckConstraint(
            "type IN ('Debt', 'Equity', 'Combination')", name=op.f("ck_investment_type")
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "investor_id"],
            ["party.project_id", "party.id"],
            name=op.f("fk_investment_project_id_investor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_investment_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_investment_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investment")),
    )
    op.create_table(
        "outcome_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("metric_id", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("period_start", sa.String(), nullable=True),
        sa.Column("period_end", sa.String(), nullable=True),
        sa.Column("payer_id", sa.String(), nullable=True),
        sa.Column("recipient_id", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("amount_usd", sa.String(), nullable=True),
        sa.Column("covers_outcome", sa.String(), nullable=True),
        sa.Column("sandboxes", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "covers_outcome IN ('yes', 'no')", name=op.f("ck_outcome_payment_covers_outcome")
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_outcome_payment_disputed")),
        sa.CheckConstraint(
            "period_end LIKE '____' OR period_end LIKE '____-__' OR period_end LIKE '____-__-__'",
            name=op.f("ck_outcome_payment_period_end"),
        ),
        sa.CheckConstraint(
            "period_start LIKE '____' OR period_start LIKE '____-__' OR period_start LIKE '____-__-__'",
            name=op.f("ck_outcome_payment_period_start"),
        ),
        sa.CheckConstraint("type IN ('Planned', 'Actual')", name=op.f("ck_outcome_payment_type")),
        sa.CheckConstraint(
            "substr(period_start, 1, length(period_end)) <= substr(period_end, 1, length(period_start))",
            name=op.f("ck_outcome_payment_period"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "metric_id"],
            ["outcome_metric.project_id", "outcome_metric.id"],
            name=op.f("fk_outcome_payment_project_id_metric_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "payer_id"],
            ["party.project_id", "party.id"],
            name=op.f("fk_outcome_payment_project_id_payer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "recipient_id"],
            ["party.project_id", "party.id"],
            name=op.f("fk_outcome_payment_project_id_recipient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_outcome_payment_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_outcome_payment_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_payment")),
    )
    op.create_table(
        "outcome_pricing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("metric_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("price", sa.String(), nullable=True),
        sa.Column("price_usd", sa.String(), nullable=True),
        sa.Column("maximum_price", sa.String(), nullable=True),
        sa.Column("increases", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_outcome_pricing_disputed")),
        sa.ForeignKeyConstraint(
            ["project_id", "metric_id"],
            ["outcome_metric.project_id", "outcome_metric.id"],
            name=op.f("fk_outcome_pricing_project_id_metric_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_outcome_pricing_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_outcome_pricing_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_pricing")),
    )
    op.create_table(
        "project_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("metric_id", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("period_start", sa.String(), nullable=True),
        sa.Column("period_end", sa.String(), nullable=True),
        sa.Column("achieved", sa.String(), nullable=True),
        sa.Column("engaged", sa.String(), nullable=True),
        sa.Column("positive", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("validators", sa.String(), nullable=True),
        sa.Column("evaluations", sa.String(), nullable=True),
        sa.Column("sandboxes", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("numerator", sa.String(), nullable=True),
        sa.Column("denominator", sa.String(), nullable=True),
        sa.Column("denominator_kind", sa.String(), nullable=True),
        sa.Column("counterfactual_type", sa.String(), nullable=True),
        sa.Column("counterfactual_value", sa.String(), nullable=True),
        sa.Column("effect_measure", sa.String(), nullable=True),
        sa.Column("effect_estimate", sa.String(), nullable=True),
        sa.Column("effect_se", sa.String(), nullable=True),
        sa.Column("effect_ci_low", sa.String(), nullable=True),
        sa.Column("effect_ci_high", sa.String(), nullable=True),
        sa.Column("effect_level", sa.String(), nullable=True),
        sa.Column("effect_adjusted", sa.String(), nullable=True),
        sa.Column("effect_says", sa.String(), nullable=True),
        sa.Column("covers_outcome", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN (numerator IS NULL OR (numerator <> '' AND trim(numerator, '0123456789') = '')) AND (denominator IS NULL OR (denominator <> '' AND trim(denominator, '0123456789') = '')) THEN CAST(numerator AS NUMERIC) <= CAST(denominator AS NUMERIC) OR disputed IS NOT NULL ELSE 1 = 0 END",
            name=op.f("ck_project_result_numerator"),
        ),
        sa.CheckConstraint(
            "CASE WHEN (positive IS NULL OR (positive <> '' AND trim(positive, '0123456789') = '')) AND (engaged IS NULL OR (engaged <> '' AND trim(engaged, '0123456789') = '')) THEN CAST(positive AS NUMERIC) <= CAST(engaged AS NUMERIC) OR disputed IS NOT NULL ELSE 1 = 0 END",
            name=op.f("ck_project_result_positive"),
        ),
        sa.CheckConstraint(
            "counterfactual_type IN ('none', 'contract-baseline', 'historical', 'matched', 'randomised', 'group')",
            name=op.f("ck_project_result_counterfactual_type"),
        ),
        sa.CheckConstraint(
            "covers_outcome IN ('yes', 'no')", name=op.f("ck_project_result_covers_outcome")
        ),
        sa.CheckConstraint(
            "denominator_kind IN ('entered', 'engaged', 'assessed', 'observed', 'not-stated')",
            name=op.f("ck_project_result_denominator_kind"),
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_project_result_disputed")),
        sa.CheckConstraint(
            "effect_adjusted IN ('yes', 'no')", name=op.f("ck_project_result_effect_adjusted")
        ),
        sa.CheckConstraint(
            "effect_measure IN ('relative-reduction', 'relative-increase', 'risk-difference', 'mean-difference', 'risk-ratio', 'odds-ratio', 'direction-only')",
            name=op.f("ck_project_result_effect_measure"),
        ),
        sa.CheckConstraint(
            "effect_measure IS NULL OR counterfactual_type IS NOT NULL AND counterfactual_type IN ('contract-baseline', 'historical', 'matched', 'randomised', 'group')",
            name=op.f("ck_project_result_effect"),
        ),
        sa.CheckConstraint(
            "effect_says IN ('significant', 'not-significant')",
            name=op.f("ck_project_result_effect_says"),
        ),
        sa.CheckConstraint(
            "level IN ('Project level', 'Outcome level')", name=op.f("ck_project_result_level")
        ),
        sa.CheckConstraint(
            "period_end LIKE '____' OR period_end LIKE '____-__' OR period_end LIKE '____-__-__'",
            name=op.f("ck_project_result_period_end"),
        ),
        sa.CheckConstraint(
            "period_start LIKE '____' OR period_start LIKE '____-__' OR period_start LIKE '____-__-__'",
            name=op.f("ck_project_result_period_start"),
        ),
        sa.CheckConstraint("type IN ('Interim', 'Final')", name=op.f("ck_project_result_type")),
        sa.CheckConstraint(
            "unit IS NOT NULL OR (value IS NULL AND coalesce(effect_measure, '') <> 'mean-difference')",
            name=op.f("ck_project_result_unit"),
        ),
        sa.CheckConstraint(
            "(denominator IS NULL) = (denominator_kind IS NULL) AND (numerator IS NULL) = (denominator IS NULL)",
            name=op.f("ck_project_result_denominator"),
        ),
        sa.CheckConstraint(
            "(effect_ci_low IS NULL) = (effect_ci_high IS NULL)",
            name=op.f("ck_project_result_interval"),
        ),
        sa.CheckConstraint(
            "effect_measure IS NOT NULL OR (effect_estimate IS NULL AND effect_se IS NULL AND effect_ci_low IS NULL AND effect_level IS NULL AND effect_adjusted IS NULL AND effect_says IS NULL)",
            name=op.f("ck_project_result_effect_measure_of"),
        ),
        sa.CheckConstraint(
            "substr(period_start, 1, length(period_end)) <= substr(period_end, 1, length(period_start))",
            name=op.f("ck_project_result_period"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "metric_id"],
            ["outcome_metric.project_id", "outcome_metric.id"],
            name=op.f("fk_project_result_project_id_metric_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_result_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_project_result_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_result")),
    )


def downgrade() -> None:
    """Take the step back; a database that holds projects is refused: its history would speak of none."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM project")):
        raise RuntimeError("the database holds projects, which an older version cannot keep")
    for table in TABLES:
        op.drop_table(table)
