using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;
using Recon.HubSpot.Portal;
using Recon.Postgres.Checks;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Cli.Commands;

/// <summary>Finds what an account would refuse, by its portal file: without a server, and before anything is staged.</summary>
internal static class PortalFindings
{
    /// <param name="records">The number of records of each input that are read and converted.</param>
    /// <exception cref="PortalFileException">The file cannot be used.</exception>
    public static async Task<IReadOnlyList<Finding>> FindAsync(
        DefinitionReading reading, IReadOnlyList<ValidPipeline> pipelines, string path, long records, CancellationToken token)
    {
        ValidDefinition definition = reading.Definition!;
        var file = PortalFile.Read(path, await File.ReadAllBytesAsync(path, token));
        var log = new FindingLog(reading.Locations);
        if (definition.Hubspot is { Portal: { } named } hubspot && named != file.Portal)
        {
            log.Error(
                "portal account",
                new FindingPlace(hubspot, nameof(hubspot.Portal)),
                $"{path} is of the account {file.Portal}, and the definition names {named}.",
                "Pull the file with the token of that account, or correct \"portal\".");
        }

        var check = new PortalCheck(file);
        foreach (ValidPipeline pipeline in pipelines)
        {
            await CheckAsync(pipeline, definition, new ConversionContext(definition.Defaults, reading.BaseDirectory, definition.AllowPathsOutside), check, log.For(pipeline), reading.Objects, records, token);
        }

        return log.Findings;
    }

    private static async Task CheckAsync(
        ValidPipeline pipeline, ValidDefinition definition, ConversionContext context, PortalCheck check, FindingLog log, IObjectStore? objects, long records, CancellationToken token)
    {
        var input = new FindingPlace(pipeline.Csv, nameof(CsvBlockDefinition.Path));
        int before = log.Findings.Count;
        try
        {
            DefinitionViolation[] violations = [.. DefinitionPortalCheck.Of(pipeline, check, context)];
            foreach ((PortalViolation violation, object node, string? member) in violations)
            {
                Add(log, violation, new FindingPlace(node, member), violation.Message, violation.IsPossible);
            }

            if (records > 0 && pipeline.Csv.Path != "-")
            {
                foreach (RecordViolation found in await new RecordPortalCheck(pipeline, check, violations).CheckAsync(definition.Defaults, context, objects, records, token))
                {
                    Add(
                        log,
                        found.Violation,
                        new FindingPlace(found.Property),
                        $"{Show(found.Records)} of the first {Show(records, "record")} would be refused (first on line {found.FirstLine}): {found.Violation.Message}",
                        isPossible: true);
                }
            }
        }
        catch (ConversionSetupException wrong)
        {
            log.Error("map file", new FindingPlace(pipeline.Diff), wrong.Message, null);
        }
        catch (Exception wrong) when (wrong is InputException or IOException or UnauthorizedAccessException)
        {
            log.Error("input", input, wrong.Message, null);
        }

        if (log.Findings.Count == before)
        {
            log.Ok("portal", new FindingPlace(pipeline.Source, nameof(PipelineDefinition.Name)), $"The account takes what is made for {string.Join(", ", pipeline.ObjectTypes)}.");
        }
    }

    private static void Add(FindingLog log, PortalViolation violation, FindingPlace place, string message, bool isPossible)
    {
        string kind = violation.Kind == ViolationKind.ReadOnly ? "read-only" : violation.Kind.ToString().ToLowerInvariant();
        string subject = $"portal {kind} {violation.Type}{(violation.Property.Length > 0 ? $".{violation.Property}" : "")}";
        if (isPossible)
        {
            log.Warn(subject, place, message, violation.Fix);
        }
        else
        {
            log.Error(subject, place, message, violation.Fix);
        }
    }
}
