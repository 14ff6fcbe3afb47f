namespace Recon.Dataflow.Text;

/// <summary>Files that are written beside their place, under a name that tells the user nothing.</summary>
internal static class WorkingCopy
{
    /// <summary>Why such a file cannot be written, in terms of what the user named.</summary>
    /// <param name="working">The name that the user does not know.</param>
    /// <param name="target">The one that the user gave.</param>
    public static string Why(Exception exception, string working, string target) => exception switch
    {
        UnauthorizedAccessException => $"the folder of {target} may not be written to.",
        DirectoryNotFoundException => $"the folder of {target} does not exist.",
        _ => exception.Message.Replace(Path.GetFullPath(working), target, StringComparison.Ordinal),
    };
}
