using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
using Recon.Discovery.Writing;

namespace Recon.Discovery.Tests.Writing;

/// <summary>Whatever is proposed, what is written keeps the rules of definitions, passes its own test, and is written the same again.</summary>
public sealed class AnyProposalTests
{
    private static readonly Gen<string> s_name = Gen.OneOf(
        OneOf("Comp_Name", "N° affaire", "Tél. \"fixe\"", "Zeile\r\nzwei", "a,b;c", "createdate", "é", "x\u2028y", "//", "*/", "NULL", "associatedcompanyid", "with space"),
        Gen.String[Gen.Char["abcxyz_0189"], 1, 12]);

    private static readonly Gen<ConversionDefinition[]> s_conversions = Gen.OneOf<ConversionDefinition>(
        Gen.Const<ConversionDefinition>(new PhoneDefinition()),
        OneOf("FR", "BE", "US", "GB").Select(region => (ConversionDefinition)new PhoneDefinition { Region = region }),
        Gen.Enum<NumberCulture>().Select(culture => (ConversionDefinition)new NumberDefinition { Culture = culture }),
        Gen.Enum<NumberCulture>().Select(culture => (ConversionDefinition)new IntegerDefinition { Culture = culture }),
        OneOf("dd/MM/yyyy", "MM/dd/yyyy[ HH:mm]", "d.M.yyyy", "yyyyMMdd", "epoch-milliseconds", "yyyy-MM-ddTHH:mm:ssK").Select(format => (ConversionDefinition)new DateDefinition { Formats = [format] }),
        OneOf("Europe/Paris", "Europe/Brussels", "UTC").Select(zone => (ConversionDefinition)new DatetimeDefinition { Formats = ["dd/MM/yyyy HH:mm"], Zone = zone }),
        OneOf<ConversionDefinition>(
            new TrimDefinition(), new LowerDefinition(), new EmailDefinition(), new DomainDefinition(), new UrlDefinition(), new HtmlDefinition(), new BooleanDefinition(), new DateDefinition(),
            new MultiSelectDefinition(), new MultiSelectDefinition { Separator = "|", Values = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" } },
            new MapDefinition { Values = new Dictionary<string, string> { ["Client"] = "Customer" } },
            new MapDefinition { Values = new Dictionary<string, string> { ["\"a\""] = "b\n", ["c"] = "" } }))
        .Array[0, 2];

    private static readonly Gen<PropertyProposal> s_property = Gen.Select(
        s_name, s_name, s_conversions, Gen.Bool, Gen.Bool, Gen.Long[0, 5_000], OneOf<ComparisonDefinition?>(null, new TextIgnoringWhitespaceComparisonDefinition(), new EnumerationComparisonDefinition(), new NumberComparisonDefinition()))
        .Select(made => new PropertyProposal(
            new PropertyDefinition { Property = made.Item1, Column = made.Item2, Convert = made.Item3, Compare = made.Item7 },
            made.Item6, made.Item6 / 2, made.Item4, made.Item5, "half of the pairs", [new MappedValue("Client", "Customer", 1, 2)]));

    private static readonly Gen<PipelineProposal> s_proposal = Gen.Select(
        s_property.Array[1, 12], s_name, Gen.Enum<IdType>(), Gen.Enum<IdForm>(), s_name.Array[0, 3], Gen.Bool, Gen.Bool, OneOf("companies", "contacts", "deals", "engagements", "tickets", "t x"))
        .Select(made =>
        {
            (PropertyProposal[] properties, string id, IdType type, IdForm form, string[] nulls, bool hasHeader, bool isFiltered, string table) = made;
            string[] columns = [.. properties.Select(property => property.Definition.Column!).Append(id).Append("Parent").Append("Deleted").Distinct(StringComparer.OrdinalIgnoreCase)];
            return Proposals.Sample with
            {
                File = Proposals.File("any.csv", [.. columns.Select((column, index) => Proposals.Column(column, index) with { Nulls = [.. nulls.Take(1).Select(text => new ValueCount(text + "!", 3))] })]) with
                {
                    Nulls = [.. nulls.Distinct(StringComparer.Ordinal)],
                    Header = new Found<bool>(hasHeader, false, "names", [new OtherReading<bool>(!hasHeader, "values")]),
                },
                Table = "hubspot." + table,
                Id = new IdProposal(id, "legacy_id", "hs_object_id", type, form, MirrorKeys.Exact, 10, 9, true, "nine of ten"),
                Properties = [.. properties.DistinctBy(property => property.Definition.Property, StringComparer.OrdinalIgnoreCase)],
                Parents = isFiltered ? [new ParentProposal("company", "Parent", "hubspot.companies", "legacy_id", "hs_object_id", type, 10, 5, true, "half")] : [],
                Exclude = isFiltered ? [new FilterProposal("deleted", "Deleted", "1", "some")] : [],
                Questions = [],
            };
        });

    [Fact]
    public async Task NewFile_AnyProposal_IsValidAndStableAndItsTestPasses()
        => await s_proposal.Where(proposal => proposal.Properties.Any(IsUsable)).SampleAsync(
            async proposal =>
            {
                WriterSettings settings = new() { Name = "any", Path = "any.csv", Folder = "/data" };

                PipelineDraft draft = await PipelineDraft.MakeAsync(proposal, settings, CancellationToken.None);
                string text = DefinitionWriter.NewFile(draft);

                DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(text), "pipeline.json");
                Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems) + text);
                IReadOnlyList<DefinitionTestResult> results = await new DefinitionTests(reading.Definition, ".").RunAsync(reading.Definition.Pipelines, CancellationToken.None);
                Assert.All(results, result => Assert.True(result.Passed, string.Join('\n', result.Differences)));
                Assert.Equal(text, DefinitionWriter.NewFile(await PipelineDraft.MakeAsync(proposal, settings, CancellationToken.None)));
            },
            iter: 300);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static bool IsUsable(PropertyProposal property)
        => property.IsActive && property.Definition.Property.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            && property.Definition.Property is not ("createdate" or "associatedcompanyid")
            && property.Definition.Convert.All(step => step is not MapDefinition { Values.Count: 2 });
}
