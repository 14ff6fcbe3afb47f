using Recon.Dataflow.Binding;
using Recon.Dataflow.Values;

namespace Recon.Discovery.Writing;

/// <summary>Writes drafts of pipelines: as a file of their own, or into one that exists. The same draft gives the same bytes.</summary>
internal static class DefinitionWriter
{
    /// <summary>A definition with the pipeline alone.</summary>
    public static string NewFile(PipelineDraft draft)
    {
        JsonObject root = new() { IsBroken = true };
        if (draft.Settings.Schema is { } schema)
        {
            root.Add("$schema", JsonScalar.Of(schema));
        }

        root.Add("postgres", JsonScalar.Of(draft.Settings.Postgres)).Beside = draft.Settings.Postgres == "embedded"
            ? "a private server with a demo mirror; \"env:NAME\" for a real one"
            : "the variable holds the connection string; PGHOST and --postgres come first";
        if (draft.LeavesFolder)
        {
            root.Add("allowPathsOutside", new JsonScalar("true")).Beside = "the input is not in the folder of this file";
        }

        root.Add("defaults", DefaultsOf(draft));
        root.Add("pipelines", JsonList.Of([DraftParts.Of(draft)], isBroken: true));
        return $"""
            // Proposed by "recon init" from the data. What follows // in a line is the evidence for it: read it, and correct what is wrong.
            // Comments and trailing commas are allowed. Paths are relative to this file. "recon check" tests it against files and server.
            {new JsonLayout(DefinitionStyle.Usual).Write(root, "")}

            """;
    }

    /// <summary>The content of a definition with the pipeline behind its others; every other byte stays.</summary>
    /// <exception cref="ArgumentException">The content is no definition.</exception>
    public static byte[] Add(ReadOnlyMemory<byte> definition, string fileName, PipelineDraft draft)
        => DefinitionEdit.AddPipeline(definition, fileName, style => new JsonLayout(style).Write(DraftParts.Of(draft), style.PipelineIndent));

    private static JsonObject DefaultsOf(PipelineDraft draft)
    {
        DefaultsDefinition defaults = draft.Defaults;
        JsonObject part = new() { IsBroken = true };
        part.Add("timeZone", JsonScalar.Of(defaults.TimeZone)).Beside = "of legacy times without offset; HubSpot's are UTC";
        string[] found = [.. draft.Proposal.File.Nulls];
        part.Add("nulls", RecordParts.Value(defaults.Nulls)).Beside = found.Length == 0
            ? "none of them is in the file; empty is null anyway"
            : $"in the file: {string.Join(", ", found)}; empty is null anyway";
        part.Add("phoneRegion", JsonScalar.Of(defaults.PhoneRegion)).Beside = "of numbers without country code";
        return part;
    }
}
