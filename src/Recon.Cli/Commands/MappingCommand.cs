using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;

namespace Recon.Cli.Commands;

/// <summary><c>recon mapping</c>: which HubSpot property is made from what, and how.</summary>
internal static class MappingCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var command = new Command("mapping", "Show which HubSpot property is made from which legacy column, and how.") { names };
        return binder.Bind(command, (parse, invocation) =>
        {
            DefinitionReading reading = invocation.ReadDefinition();
            IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, parse.GetValue(names) ?? []);
            invocation.Text(invocation.Json ? Json(pipelines) : string.Join('\n', pipelines.Select(Draw)));
            return Task.FromResult(ExitCodes.Done);
        });
    }

    private static string Draw(ValidPipeline pipeline)
    {
        string head = $"{pipeline.Name}: {pipeline.Csv.Id} ({DefinitionIdType(pipeline.Csv)}) in {pipeline.Csv.Path} = "
            + $"{pipeline.Match.Key} in {pipeline.Match.Table}, whose id is {pipeline.Match.Id}\n";
        return head + TextTable.Draw(
            ["legacy column", "property", "conversions", "comparison", "policy", "required"],
            [
                .. PropertyMapping.Of(pipeline).Select(mapping => (string[])
                [
                    mapping.Source,
                    mapping.MirrorColumn == mapping.Property ? mapping.Property : $"{mapping.Property} (column {mapping.MirrorColumn})",
                    string.Join(", ", mapping.Conversions),
                    mapping.Comparison,
                    mapping.OnNull == "clear" ? $"{mapping.Policy}, clears" : mapping.Policy,
                    mapping.Required ? "required" : mapping.Optional ? "optional" : "",
                ]),
            ]);
    }

    private static string DefinitionIdType(CsvBlockDefinition csv) => csv.IdType == IdType.Number ? "number" : "text";

    private static string Json(IReadOnlyList<ValidPipeline> pipelines) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("pipelines");
        foreach (ValidPipeline pipeline in pipelines)
        {
            json.WriteStartObject();
            json.WriteString("pipeline", pipeline.Name);
            json.WriteString("object", pipeline.ObjectType ?? pipeline.Name);
            json.WriteString("legacy_file", pipeline.Csv.Path);
            json.WriteString("legacy_id_field", pipeline.Csv.Id);
            json.WriteString("mirror_table", pipeline.Match.Table);
            json.WriteString("mirror_legacy_id_field", pipeline.Match.Key);
            json.WriteString("hubspot_id_field", pipeline.Match.Id);
            json.WriteStartArray("properties");
            foreach (PropertyMapping mapping in PropertyMapping.Of(pipeline))
            {
                json.WriteStartObject();
                json.WriteString("legacy", mapping.Source);
                json.WriteString("property", mapping.Property);
                json.WriteString("mirror_column", mapping.MirrorColumn);
                json.WriteStartArray("conversions");
                foreach (string conversion in mapping.Conversions)
                {
                    json.WriteStringValue(conversion);
                }

                json.WriteEndArray();
                json.WriteString("comparison", mapping.Comparison);
                json.WriteString("policy", mapping.Policy);
                json.WriteString("on_null", mapping.OnNull);
                json.WriteBoolean("required", mapping.Required);
                json.WriteBoolean("optional", mapping.Optional);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }) + "\n";
}
