namespace Recon.Benchmarks.Reporting;

/// <summary>A part of a document that a command writes, between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
internal static class MarkedSection
{
    /// <summary>Replaces what is between the marks of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name in the marks.</param>
    /// <param name="content">What comes between them.</param>
    /// <exception cref="InvalidDataException">The marks are missing, or there several times.</exception>
    public static void Refresh(string path, string name, string content)
    {
        string text = File.ReadAllText(path);
        string refreshed;
        try
        {
            refreshed = Replace(text, name, content);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }

        if (refreshed != text)
        {
            File.WriteAllText(path, refreshed);
        }
    }

    /// <summary>Replaces what is between the marks of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name in the marks.</param>
    /// <param name="content">What comes between them.</param>
    /// <returns>The text with the new content.</returns>
    /// <exception cref="InvalidDataException">The marks are missing, or there several times.</exception>
    public static string Replace(string text, string name, string content)
    {
        string open = $"<!-- {name} -->";
        string close = $"<!-- /{name} -->";
        int start = Only(text, open) + open.Length;
        int end = Only(text, close);
        return end < start
            ? throw new InvalidDataException($"{close} comes before {open}. Put them into their order.")
            : $"{text[..start]}\n{content.Trim('\n')}\n{text[end..]}";
    }

    private static int Only(string text, string mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at >= 0 && text.IndexOf(mark, at + 1, StringComparison.Ordinal) < 0
            ? at
            : throw new InvalidDataException($"{mark} must be there exactly once. Put it back; what is between the marks is written by a command.");
    }
}
