using System.Globalization;

namespace Recon.Samples;

internal sealed class CompanySource(RecordPlanner planner) : ISampleSource
{
    private static readonly string[] s_territories = ["Nord", "Sud", "Est", "Ouest", "Île-de-France"];
    private static readonly string[] s_sectors = ["Verrerie", "Papeterie", "Optique", "Céramique", "Horlogerie"];
    private static readonly string[] s_sources = ["Salon", "Site web", "Recommandation", "Prospection"];
    private static readonly string[] s_statuses = ["Actif", "Inactif", "Fermé"];

    public static SampleObject Definition { get; } = new()
    {
        Number = 0,
        Pipeline = "companies",
        File = "Bronze_Company.csv",
        ByteOrderMark = true,
        NewLine = "\n",
        FirstId = 1_000,
        Key = "icalps_company_id",
        Header =
        [
            "Comp_CompanyId", "Comp_Name", "Comp_WebSite", "Comp_PhoneNumber", "Comp_EmailAddress", "Comp_Type",
            "Comp_Territory", "Comp_Sector", "Comp_Employees", "Comp_Revenue", "Comp_Source", "Comp_Status",
            "Addr_Street1", "Addr_City", "Addr_State", "Addr_PostCode", "Addr_Country",
            "Comp_CreatedDate", "Comp_UpdatedDate", "Comp_Deleted",
        ],
        Properties =
        [
            new("name", "Comp_Name"),
            new("domain", "Comp_WebSite", SampleValueKind.Domain),
            new("website", "Comp_WebSite", SampleValueKind.Url),
            new("phone", "Comp_PhoneNumber", SampleValueKind.Phone),
            new("type", "Comp_Type", Values: [.. SampleEnumerations.CompanyTypes.Select(pair => pair.Hubspot)]),
            new("territory", "Comp_Territory", Values: s_territories),
            new("industry", "Comp_Sector", Values: s_sectors),
            new("numberofemployees", "Comp_Employees", SampleValueKind.Number, "numeric"),
            new("annualrevenue", "Comp_Revenue", SampleValueKind.Number, "numeric"),
            new("hs_lead_source", "Comp_Source", Values: s_sources),
            new("city", "Addr_City"),
            new("state", "Addr_State"),
            new("country", "Addr_Country"),
            new("zip", "Addr_PostCode"),
            new("address", "Addr_Street1"),
        ],
        DeletedColumn = "Comp_Deleted",
        TextColumn = "Comp_Name",
        NullColumns = ["Comp_PhoneNumber", "Comp_Sector", "Comp_Employees"],
        Dirt = [.. DefectLists.Common, DefectKind.SoftDeleted, DefectKind.UnmappedEnumeration, DefectKind.SoftDeleted, DefectKind.SoftDeleted],
    };

    public SampleObject Object => Definition;

    public RecordPlanner Planner => planner;

    public long? OtherParent(long identity) => null;

    public void Fill(in RecordPlan plan, SampleRow row)
    {
        (string name, string domain) = SampleNames.Company(planner.Draw(DrawStream.Naming, plan.Identity), plan.Identity);
        RandomStream draw = planner.Draw(DrawStream.Values, plan.Identity);
        string webSite = SampleNames.WebSite(ref draw, domain);
        (string phone, string writtenPhone) = SampleNames.Phone(ref draw, mobile: false);
        (string street, string city, string state, string zip) = SampleNames.Address(ref draw);
        (string type, string hubspotType) = SampleEnumerations.CompanyTypes[draw.Below(3)];
        string territory = draw.Pick(s_territories);
        string sector = draw.Pick(s_sectors);
        string source = draw.Pick(s_sources);
        string employees = (1 + draw.Below(900)).ToString(CultureInfo.InvariantCulture);
        string revenue = (10_000L * (1 + draw.Below(5_000))).ToString(CultureInfo.InvariantCulture);
        DateTime created = new DateTime(2010, 1, 4, 8, 0, 0).AddDays(draw.Below(3_600)).AddSeconds(draw.Below(36_000));
        DateTime updated = created.AddDays(draw.Below(1_500));

        bool decimalTail = draw.Chance(30);
        if (decimalTail)
        {
            row.Holds(DefectKind.DecimalTail);
        }

        row.Set(
            [
                null, name, draw.Chance(8) ? null : webSite, draw.Chance(10) ? null : writtenPhone, "contact@" + domain,
                plan.Dirt == DefectKind.UnmappedEnumeration ? "Prospect tiède" : type, territory,
                draw.Chance(20) ? null : sector, decimalTail ? employees + ".0" : employees, revenue + ".00",
                draw.Chance(25) ? null : source, draw.Pick(s_statuses), street, city, state, zip, "France",
                ParisTime.Legacy(created), ParisTime.Legacy(updated), draw.Chance(90) ? null : "NULL",
            ],
            [
                name, domain, webSite, phone, hubspotType, territory, sector, employees, revenue, source,
                city, state, "France", zip, street,
            ]);
    }
}
