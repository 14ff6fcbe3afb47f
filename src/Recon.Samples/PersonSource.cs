using System.Globalization;

namespace Recon.Samples;

internal sealed class PersonSource(RecordPlanner planner, RecordPlanner companies) : ISampleSource
{
    private static readonly string[] s_titles = ["Responsable achats", "Directrice technique", "Gérant", "Chef d'atelier", "Assistante"];
    private static readonly string[] s_departments = ["Achats", "Technique", "Direction", "Production", "Comptabilité"];
    private static readonly string[] s_salutations = ["M.", "Mme", "Dr"];

    public static SampleObject Definition { get; } = new()
    {
        Number = 1,
        Pipeline = "contacts",
        File = "Bronze_Person.csv",
        ByteOrderMark = false,
        NewLine = "\n",
        FirstId = 5_000,
        Key = "icalps_contact_id",
        Header =
        [
            "Pers_PersonId", "Comp_CompanyId", "Comp_Name", "Pers_Salutation", "Pers_FirstName", "Pers_LastName",
            "Pers_Title", "Pers_Department", "Pers_EmailAddress", "Pers_PhoneNumber", "Pers_MobileNumber",
            "Addr_Street1", "Addr_City", "Addr_State", "Addr_PostCode", "Addr_Country",
            "Pers_CreatedDate", "Pers_UpdatedDate", "Pers_Deleted",
        ],
        Properties =
        [
            new("firstname", "Pers_FirstName"),
            new("lastname", "Pers_LastName"),
            new("email", "Pers_EmailAddress", SampleValueKind.Email),
            new("phone", "Pers_PhoneNumber", SampleValueKind.Phone),
            new("mobilephone", "Pers_MobileNumber", SampleValueKind.UnassignedPhone),
            new("jobtitle", "Pers_Title", Values: s_titles),
            new("department", "Pers_Department", Values: s_departments),
            new("salutation", "Pers_Salutation", Values: s_salutations),
            new("company", "Comp_Name"),
            new("address", "Addr_Street1"),
            new("city", "Addr_City"),
            new("state", "Addr_State"),
            new("zip", "Addr_PostCode"),
            new("country", "Addr_Country"),
        ],
        ParentColumns = ["associatedcompanyid"],
        DeletedColumn = "Pers_Deleted",
        ParentIdColumn = "Comp_CompanyId",
        TextColumn = "Pers_LastName",
        NullColumns = ["Pers_PhoneNumber", "Pers_MobileNumber", "Pers_Title"],
        Dirt = [.. DefectLists.Common, DefectKind.SoftDeleted, DefectKind.SoftDeleted, DefectKind.SoftDeleted, DefectKind.SoftDeleted],
    };

    public SampleObject Object => Definition;

    public RecordPlanner Planner => planner;

    public long? OtherParent(long identity) => companies.LegacyId(SampleParents.Of(planner, identity, companies, SampleParents.Other));

    public void Fill(in RecordPlan plan, SampleRow row)
    {
        (string first, string last, string email) = SampleNames.Person(planner.Draw(DrawStream.Naming, plan.Identity), plan.Identity);
        long company = SampleParents.Of(planner, plan.Identity, companies, 0);
        string companyName = SampleNames.Company(companies.Draw(DrawStream.Naming, company), company).Name;
        RandomStream draw = planner.Draw(DrawStream.Values, plan.Identity);
        (string phone, string writtenPhone) = SampleNames.Phone(ref draw, mobile: false);
        (string mobile, string writtenMobile) = SampleNames.Phone(ref draw, mobile: true);
        (string street, string city, string state, string zip) = SampleNames.Address(ref draw);
        string title = draw.Pick(s_titles);
        string department = draw.Pick(s_departments);
        string salutation = draw.Pick(s_salutations);
        DateTime created = new DateTime(2011, 3, 7, 8, 0, 0).AddDays(draw.Below(3_600)).AddSeconds(draw.Below(36_000));
        DateTime updated = created.AddDays(draw.Below(1_200));
        bool dangling = SampleParents.Dangles(ref draw, row, percent: 4, out long missing);
        row.Set(
            [
                null, (dangling ? missing : companies.LegacyId(company)).ToString(CultureInfo.InvariantCulture), companyName,
                salutation, first, last, draw.Chance(15) ? null : title, draw.Chance(20) ? null : department,
                draw.Chance(20) ? email.ToUpperInvariant() : email,
                draw.Chance(20) ? null : writtenPhone, draw.Chance(30) ? null : writtenMobile,
                street, city, state, zip, "France",
                ParisTime.Legacy(created), ParisTime.Legacy(updated), draw.Chance(90) ? null : "NULL",
            ],
            [
                first, last, email, phone, mobile, title, department, salutation, companyName,
                street, city, state, zip, "France",
            ]);
        row.Parents[0] = dangling ? null : SampleParents.HubspotId(companies, company);
    }
}
