namespace Recon.Dataflow.Definition.Rules;

/// <summary>
/// Paths stay inside the definition's folder, on every operating system, unless the definition says otherwise. Addresses of objects, which
/// lie in no folder, are possible ones.
/// </summary>
internal static class PathRules
{
    /// <summary>Every key of this name is a path and so confined, whichever record has it.</summary>
    public const string Key = "path";

    public static void Check(ReconDefinition root, object node, string member, string path, RuleReport report)
    {
        if (path.Any(char.IsControl))
        {
            report.Add(node, member, "must not hold control characters");
        }
        else if (ObjectAddress.Is(path))
        {
            CheckAddress(node, member, path, report);
        }
        else if (!root.AllowPathsOutside && LeavesFolder(path))
        {
            report.Add(node, member, "the path leaves the definition's folder; move the file, or set \"allowPathsOutside\": true at the top");
        }
    }

    private static void CheckAddress(object node, string member, string path, RuleReport report)
    {
        if (node is not CsvBlockDefinition)
        {
            report.Add(node, member, "only a csv block reads from object storage; copy the object into the definition's folder, and name the file");
        }
        else if (ObjectAddress.Parse(path, out string problem) is null)
        {
            report.Add(node, member, problem);
        }
    }

    private static bool LeavesFolder(string path)
    {
        bool absolute = path.StartsWith('/') || path.StartsWith('\\') || path.StartsWith('~')
            || (path.Length > 1 && char.IsAsciiLetter(path[0]) && path[1] == ':');
        return absolute || path.Split('/', '\\').Contains("..");
    }
}
