using System.Globalization;

namespace Recon.Samples;

internal sealed class CommunicationSource(
    RecordPlanner planner, RecordPlanner companies, RecordPlanner persons, RecordPlanner opportunities) : ISampleSource
{
    private static readonly (string Action, string Type, string Hubspot, string? Direction)[] s_actions =
    [
        ("Meeting", "Appointment", "MEETING", null), ("EmailOut", "Email", "EMAIL", null), ("PhoneOut", "Call", "CALL", "OUTBOUND"),
        ("EmailIn", "Email", "EMAIL", null), ("PhoneIn", "Call", "CALL", "INBOUND"), ("ToDo", "Task", "TASK", null),
    ];

    private static readonly string[] s_subjects =
        ["Point devis", "Relance facture", "Visite atelier", "Envoi catalogue", "Suivi livraison", "Réunion, compte rendu"];

    private static readonly string[] s_priorities = ["Normal", "High", "Low"];
    private static readonly string[] s_statuses = [.. SampleEnumerations.CommunicationStatuses];

    public static SampleObject Definition { get; } = new()
    {
        Number = 3,
        Pipeline = "communications",
        File = "Bronze_Communication.csv",
        ByteOrderMark = true,
        NewLine = "\r\n",
        EndsUnclosed = true,
        FirstId = 100_000,
        Key = "icalps_communication_id",
        Header =
        [
            "Comm_CommunicationId", "Comm_OpportunityId", "Comm_CaseId", "Comm_Type", "Comm_Action", "Comm_Status",
            "Comm_Priority", "Comm_DateTime", "Comm_ToDateTime", "Comm_Note", "Comm_Subject", "Comm_Email",
            "Comm_CreatedDate", "Comm_UpdatedDate", "Comm_OriginalDateTime", "Comm_OriginalToDateTime",
            "Person_Id", "Person_FirstName", "Person_LastName", "Person_EmailAddress", "Company_Id", "Company_Name",
            "Case_Description", "Case_CompanyId", "Case_PersonId",
        ],
        Properties =
        [
            new("hs_engagement_subject", "Comm_Subject"),
            new("hs_note_body", "Comm_Note"),
            new("hs_timestamp", "Comm_DateTime", SampleValueKind.Timestamp, "timestamptz"),
            new("hs_engagement_type", "Comm_Type", Values: ["MEETING", "EMAIL", "CALL", "TASK"]),
            new("hs_engagement_status", "Comm_Status", Values: s_statuses),
            new("hs_call_direction", "Comm_Action", Values: ["OUTBOUND", "INBOUND"]),
        ],
        ParentColumns = ["associatedcompanyid", "associatedcontactid", "associateddealid"],
        ParentIdColumn = "Person_Id",
        TextColumn = "Comm_Subject",
        NullColumns = ["Comm_Note", "Comm_Status"],
        Dirt =
        [
            .. DefectLists.Common, DefectKind.DateLost, DefectKind.AutumnHour, DefectKind.NoteCutAt255,
            DefectKind.UnmappedEnumeration, DefectKind.SpringHour, DefectKind.DateLost,
        ],
    };

    public SampleObject Object => Definition;

    public RecordPlanner Planner => planner;

    public long? OtherParent(long identity) => persons.LegacyId(SampleParents.Of(planner, identity, persons, SampleParents.Other));

    public void Fill(in RecordPlan plan, SampleRow row)
    {
        long company = SampleParents.Of(planner, plan.Identity, companies, 0);
        long person = SampleParents.Of(planner, plan.Identity, persons, 1);
        long opportunity = SampleParents.Of(planner, plan.Identity, opportunities, 2);
        string companyName = SampleNames.Company(companies.Draw(DrawStream.Naming, company), company).Name;
        (string first, string last, string email) = SampleNames.Person(persons.Draw(DrawStream.Naming, person), person);

        RandomStream draw = planner.Draw(DrawStream.Values, plan.Identity);
        (string action, string type, string hubspotType, string? direction) = draw.Pick(s_actions);
        string status = draw.Pick(s_statuses);
        string subject = string.Create(CultureInfo.InvariantCulture, $"{draw.Pick(s_subjects)} {1 + draw.Below(9_999)}");
        DateTime at = plan.Dirt switch
        {
            DefectKind.AutumnHour => new DateTime(2022, 10, 30, 2, 30, 0),
            DefectKind.SpringHour => new DateTime(2023, 3, 26, 2, 30, 0),
            _ => new DateTime(2013, 1, 7, 8, 0, 0).AddDays(draw.Below(3_900)).AddSeconds(60 * draw.Below(600)),
        };
        DateTime created = at.AddDays(-draw.Below(20)).AddSeconds(draw.Below(3_000));
        string createdText = ParisTime.Legacy(created);
        (string? note, string? wholeNote) = SampleNotes.Notes(ref draw, plan, row, emptyPercent: 45);

        bool hasOpportunity = draw.Chance(35);
        bool dangling = SampleParents.Dangles(ref draw, row, percent: 3, out long missing);
        row.Set(
            [
                null, hasOpportunity ? opportunities.LegacyId(opportunity).ToString(CultureInfo.InvariantCulture) : null, null,
                plan.Dirt == DefectKind.UnmappedEnumeration ? "Courrier" : type, action, status, draw.Pick(s_priorities),
                plan.Dirt == DefectKind.DateLost ? "27:31.0" : ParisTime.Legacy(at),
                type == "Appointment" ? ParisTime.Legacy(at.AddHours(1)) : null, note, subject, null,
                createdText, createdText, null, null,
                (dangling ? missing : persons.LegacyId(person)).ToString(CultureInfo.InvariantCulture), first, last,
                draw.Chance(50) ? null : email, companies.LegacyId(company).ToString(CultureInfo.InvariantCulture), companyName,
                null, null, null,
            ],
            [subject, wholeNote, ParisTime.Mirror(at), hubspotType, status, direction]);
        row.Parents[0] = SampleParents.HubspotId(companies, company);
        row.Parents[1] = dangling ? null : SampleParents.HubspotId(persons, person);
        row.Parents[2] = hasOpportunity ? SampleParents.HubspotId(opportunities, opportunity) : null;
    }
}
