namespace Recon.Dataflow.Values.Choice;

/// <summary>What every map of values must keep.</summary>
internal static class MapRules
{
    internal static IEnumerable<(string Member, string Message)> Check(
        string member, IReadOnlyDictionary<string, string> values, bool ignoreCase)
    {
        if (values.Keys.Any(string.IsNullOrWhiteSpace))
        {
            yield return (member, "maps a blank text, which never gets here: use the property's \"default\".");
        }

        if (ignoreCase)
        {
            IEnumerable<string> twice = values.GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Select(pair => pair.Value).Distinct().Skip(1).Any())
                .Select(same => same.Key);
            foreach (string key in twice)
            {
                yield return (member, $"maps '{key}' to several values once case is ignored. Keep one, or set ignoreCase to false.");
            }
        }
    }
}
