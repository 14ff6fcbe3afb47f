namespace Recon.Postgres.Tests.Runs;

/// <summary>Blocks over the mirror table <c>hubspot.things</c>, which has <c>hs_object_id</c>, <c>legacy</c> and <c>name</c>.</summary>
internal static class ThingBlocks
{
    public const string Diff = """{ "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] }""";

    /// <summary>The match lookup.</summary>
    /// <param name="options">More options of it, as the definition writes them.</param>
    public static string Match(params string[] options)
        => $$"""{ "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy"{{string.Concat(options.Select(option => $", {option}"))}} }""";

    /// <summary>The option that says how a lookup asks.</summary>
    public static string By(string strategy) => $"\"strategy\": \"{strategy}\"";
}
