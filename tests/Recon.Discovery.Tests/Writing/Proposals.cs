using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Tests.Writing;

/// <summary>Proposals written by hand, as files of two kinds would lead to them.</summary>
internal static class Proposals
{
    /// <summary>The shipped companies.</summary>
    public static PipelineProposal Sample { get; } = new()
    {
        File = File(
            "Bronze_Company.csv",
            [
                Column("Comp_CompanyId", 0, ColumnKind.Id), Column("Comp_Name", 1), Column("Comp_WebSite", 2, ColumnKind.Url),
                Column("Comp_PhoneNumber", 3, ColumnKind.Phone), Column("Comp_Type", 4, ColumnKind.Enumeration), Column("Comp_Revenue", 5, ColumnKind.Number),
                Column("Addr_City", 6), Column("Comp_Deleted", 7),
            ]) with
        { Nulls = ["NULL", "N/A"] },
        Table = "hubspot.companies",
        Id = new IdProposal("Comp_CompanyId", "icalps_company_id", "hs_object_id", IdType.Number, IdForm.Exact, MirrorKeys.Exact, 290, 257, true, "257 of 290 ids are in hubspot.companies.icalps_company_id"),
        Properties =
        [
            Property(new() { Property = "name", Column = "Comp_Name", Required = true }, 255, 250),
            Property(new() { Property = "domain", Column = "Comp_WebSite", Convert = [new DomainDefinition()] }, 230, 221),
            Property(new() { Property = "website", Column = "Comp_WebSite", Convert = [new UrlDefinition()] }, 230, 221),
            Property(new() { Property = "phone", Column = "Comp_PhoneNumber", Convert = [new PhoneDefinition()] }, 200, 198),
            Property(
                new()
                {
                    Property = "type",
                    Column = "Comp_Type",
                    Convert = [new MapDefinition { Values = new Dictionary<string, string> { ["Client"] = "Customer", ["Fournisseur"] = "Supplier", ["Partenaire"] = "Agent" } }],
                    Compare = new EnumerationComparisonDefinition(),
                },
                255, 249) with
            { Map = [new MappedValue("Client", "Customer", 120, 122), new MappedValue("Fournisseur", "Supplier", 70, 72), new MappedValue("Partenaire", "Agent", 59, 61)] },
            Property(new() { Property = "annualrevenue", Column = "Comp_Revenue", Convert = [new NumberDefinition()] }, 240, 231),
            Property(new() { Property = "state", Column = "Addr_City" }, 12, 4) with { IsActive = false, IsCertain = false, Evidence = "33.3 % of 12 pairs agree" },
        ],
        Parents = [],
        Exclude = [new FilterProposal("deleted", "Comp_Deleted", "1", "3 records have 1; the others nothing")],
        Where = [new FilterProposal("archived", "archived", "false", "2 records of the mirror are archived")],
        Unmapped = [new LeftOut("Comp_Secterr", "no property agrees"), new LeftOut("Comp_Fax", "empty"), new LeftOut("Comp_CreatedBy", "no property agrees")],
        MirrorUnmapped = [new LeftOut("createdate", "HubSpot sets it itself"), new LeftOut("lifecyclestage", "no column agrees")],
        Questions = [],
    };

    /// <summary>A French export of deals: cp1252, semicolons, decimal commas, days of which nothing tells day from month.</summary>
    public static PipelineProposal French { get; } = MakeFrench();

    public static PropertyProposal Property(PropertyDefinition definition, long pairs, long agree)
        => new(definition, pairs, agree, true, true, $"{Math.Floor(1000m * agree / Math.Max(1, pairs)) / 10:0.#} % of {pairs} pairs agree", []);

    public static FileProfile File(string path, IReadOnlyList<ColumnProfile> columns) => new()
    {
        Path = path,
        Bytes = 40_000,
        BytesSeen = 40_000,
        Records = 300,
        Malformed = 0,
        Encoding = Sure("utf-8"),
        Delimiter = Sure(","),
        Quote = Sure("\""),
        Escape = Sure(FieldEscape.Doubled),
        Header = Sure(true),
        Nulls = [],
        Columns = columns,
        Damage = [],
    };

    public static ColumnProfile Column(string name, int index, ColumnKind kind = ColumnKind.Text) => new()
    {
        Name = name,
        Index = index,
        Filled = 280,
        Distinct = 270,
        Longest = 40,
        Kind = Sure(kind),
    };

    public static Found<T> Sure<T>(T value) => new(value, true, "nothing else is possible", []);

    private static PipelineProposal MakeFrench()
    {
        PropertyDefinition closing = new() { Property = "closedate", Column = "Date clôture", Convert = [new DateDefinition { Formats = ["dd/MM/yyyy"] }], Compare = new DateComparisonDefinition() };
        PipelineProposal proposal = new()
        {
            File = File(
                "exports/Opportunités 2026.csv",
                [
                    Column("N° affaire", 0, ColumnKind.Id), Column("Libellé", 1), Column("Montant", 2, ColumnKind.Number), Column("Date clôture", 3, ColumnKind.Date),
                    Column("Tél.", 4, ColumnKind.Phone), Column("Société", 5, ColumnKind.Id), Column("Modifié le", 6, ColumnKind.DateTime),
                ]) with
            {
                Records = 12_000,
                Bytes = 9_000_000,
                BytesSeen = 3_000_000,
                Malformed = 2,
                Encoding = new Found<string>("windows-1252", false, "812 texts have French letters in it", [new OtherReading<string>("iso-8859-1", "the 2 characters of windows-1252 alone would be controls")]),
                Delimiter = new Found<string>(";", true, "all 12,000 records have 7 fields", []),
                Nulls = ["(vide)"],
            },
            Table = "hubspot.deals",
            Id = new IdProposal("N° affaire", "legacy_ref", "id", IdType.Text, IdForm.Trim, MirrorKeys.Exact, 2_000, 1_892, true, "1,892 of 2,000 ids are in hubspot.deals.legacy_ref"),
            Properties =
            [
                Property(new() { Property = "dealname", Column = "Libellé", Required = true }, 1_892, 1_801),
                Property(new() { Property = "amount", Column = "Montant", Convert = [new NumberDefinition { Culture = NumberCulture.Fr }] }, 1_700, 1_655),
                Property(closing, 1_600, 1_590) with { IsCertain = false },
                Property(new() { Property = "telephone", MirrorColumn = "tel_1", Column = "Tél.", Convert = [new PhoneDefinition { Region = "BE" }] }, 900, 880),
                Property(new() { Property = "last_touch", Column = "Modifié le", Convert = [new DatetimeDefinition { Formats = ["dd/MM/yyyy HH:mm"], Zone = "Europe/Brussels" }] }, 500, 499),
                Property(new() { Property = "description", Column = "Libellé", Compare = new TextIgnoringWhitespaceComparisonDefinition() }, 40, 12) with { IsActive = false, IsCertain = false, Evidence = "30 % of 40 pairs agree; Libellé is dealname already" },
            ],
            Parents = [new ParentProposal("company", "Société", "hubspot.companies", "legacy_ref", "id", IdType.Text, 800, 640, true, "640 of 800 ids are in hubspot.companies.legacy_ref")],
            Exclude = [],
            Where = [],
            Unmapped = [new LeftOut("Code interne\nancien", "no property agrees")],
            MirrorUnmapped = [],
            Questions = [],
        };
        return proposal with
        {
            Questions =
            [
                new Question(
                    "Date clôture",
                    "How are the days of \"Date clôture\" written?",
                    [
                        new QuestionOption("day first", "12 of 1,600 can only be read so", same => same),
                        new QuestionOption("month first", "nothing speaks for it but the order", other => other with
                        {
                            Properties =
                            [
                                .. other.Properties.Select(property => property.Definition.Property != "closedate" ? property
                                    : property with { Definition = property.Definition with { Convert = [new DateDefinition { Formats = ["MM/dd/yyyy"] }] } }),
                            ],
                        }),
                    ]),
            ],
        };
    }
}
