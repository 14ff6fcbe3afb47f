using System.Globalization;

namespace Recon.Samples;

internal sealed class OpportunitySource(RecordPlanner planner, RecordPlanner companies, RecordPlanner persons) : ISampleSource
{
    private static readonly string[] s_subjects = ["Rénovation", "Fourniture", "Contrat cadre", "Étude", "Extension"];
    private static readonly string[] s_types = ["Nouvelle affaire", "Renouvellement", "Extension"];
    private static readonly string[] s_products = ["Orabel", "Tamnis", "Velquel", "Ruzambe"];
    private static readonly string[] s_priorities = ["Haute", "Normale", "Basse"];
    private static readonly string[] s_sources = ["Salon", "Site web", "Recommandation", "Prospection"];
    private static readonly string[] s_stages = [.. SampleEnumerations.Stages];
    private static readonly string[] s_statuses = [.. SampleEnumerations.DealStatuses];

    public static SampleObject Definition { get; } = new()
    {
        Number = 2,
        Pipeline = "deals",
        File = "Bronze_Opportunity.csv",
        ByteOrderMark = false,
        NewLine = "\r\n",
        FirstId = 20_000,
        Key = "icalps_deal_id",
        Header =
        [
            "Oppo_OpportunityId", "Oppo_Description", "Oppo_PrimaryCompanyId", "Oppo_PrimaryPersonId", "Comp_Name",
            "Oppo_Type", "Oppo_Product", "Oppo_Stage", "Oppo_Status", "Oppo_Certainty", "Oppo_Priority", "Oppo_Source",
            "Oppo_Forecast", "oppo_cout", "Oppo_TargetClose", "Oppo_Note", "Oppo_CreatedDate", "Oppo_UpdatedDate", "Oppo_Deleted",
        ],
        Properties =
        [
            new("dealname", "Oppo_Description"),
            new("amount", "Oppo_Forecast", SampleValueKind.Number, "numeric"),
            new("dealstage", "Oppo_Stage", Values: s_stages),
            new("deal_status", "Oppo_Status", Values: s_statuses),
            new("deal_certainty", "Oppo_Certainty", SampleValueKind.Number),
            new("dealtype", "Oppo_Type", Values: s_types),
            new("deal_source", "Oppo_Source", Values: s_sources),
            new("closedate", "Oppo_TargetClose", SampleValueKind.Date, "date"),
            new("deal_priority", "Oppo_Priority", Values: s_priorities),
            new("deal_brand", "Oppo_Product", Values: s_products),
            new("deal_notes", "Oppo_Note"),
            new("company", "Comp_Name"),
        ],
        ParentColumns = ["associatedcompanyid", "associatedcontactid"],
        DeletedColumn = "Oppo_Deleted",
        ParentIdColumn = "Oppo_PrimaryPersonId",
        TextColumn = "Oppo_Description",
        NullColumns = ["Oppo_Forecast", "Oppo_Source", "Oppo_TargetClose"],
        Dirt =
        [
            .. DefectLists.Common, DefectKind.SoftDeleted, DefectKind.DateLost, DefectKind.UnmappedEnumeration,
            DefectKind.NoteCutAt255, DefectKind.SoftDeleted,
        ],
    };

    public SampleObject Object => Definition;

    public RecordPlanner Planner => planner;

    public long? OtherParent(long identity) => persons.LegacyId(SampleParents.Of(planner, identity, persons, SampleParents.Other));

    public void Fill(in RecordPlan plan, SampleRow row)
    {
        long company = SampleParents.Of(planner, plan.Identity, companies, 0);
        long person = SampleParents.Of(planner, plan.Identity, persons, 1);
        string companyName = SampleNames.Company(companies.Draw(DrawStream.Naming, company), company).Name;
        RandomStream draw = planner.Draw(DrawStream.Values, plan.Identity);
        string product = draw.Pick(s_products);
        string description = string.Create(
            CultureInfo.InvariantCulture, $"{draw.Pick(s_subjects)} {product} lot {1 + draw.Below(400)}");
        string type = draw.Pick(s_types);
        string stage = draw.Pick(s_stages);
        string status = plan.Dirt == DefectKind.UnmappedEnumeration ? "Peut-être" : draw.Pick(s_statuses);
        string certainty = (10 * (1 + draw.Below(9))).ToString(CultureInfo.InvariantCulture);
        string priority = draw.Pick(s_priorities);
        string source = draw.Pick(s_sources);
        string amount = (250 + (17 * draw.Below(9_000))).ToString(CultureInfo.InvariantCulture);
        string cost = (100 + (7 * draw.Below(9_000))).ToString(CultureInfo.InvariantCulture);
        DateTime created = new DateTime(2012, 2, 6, 8, 0, 0).AddDays(draw.Below(3_600)).AddSeconds(draw.Below(36_000));
        DateTime updated = created.AddDays(draw.Below(300));
        DateTime close = created.Date.AddDays(30 + draw.Below(400));
        (string? note, string? wholeNote) = SampleNotes.Notes(ref draw, plan, row, emptyPercent: 35);

        // One opportunity in six names a person who is in no file.
        bool dangling = SampleParents.Dangles(ref draw, row, percent: 16, out long missing);
        row.Set(
            [
                null, description, companies.LegacyId(company).ToString(CultureInfo.InvariantCulture),
                (dangling ? missing : persons.LegacyId(person)).ToString(CultureInfo.InvariantCulture), companyName,
                type, product, stage, status, certainty, priority, draw.Chance(25) ? null : source,
                amount + ".00", draw.Chance(50) ? null : cost + ".00",
                plan.Dirt == DefectKind.DateLost ? "27:31.0" : ParisTime.Legacy(close), note,
                ParisTime.Legacy(created), ParisTime.Legacy(updated), draw.Chance(90) ? null : "NULL",
            ],
            [
                description, amount, stage, status, certainty, type, source, ParisTime.Day(close), priority, product,
                wholeNote, companyName,
            ]);
        row.Parents[0] = SampleParents.HubspotId(companies, company);
        row.Parents[1] = dangling ? null : SampleParents.HubspotId(persons, person);
    }
}
