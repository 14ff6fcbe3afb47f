using System.Text.Json;

namespace Recon.Dataflow.Binding;

/// <summary>Writes JSON paths.</summary>
internal static class DefinitionPath
{
    /// <returns>The path: <c>.name</c> for plain names, <c>['a name']</c> for others.</returns>
    public static string Member(string parent, string name) =>
        name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? $"{parent}.{name}"
            : $"{parent}['{Cut(name)}']";

    public static string Item(string parent, int index) => $"{parent}[{index}]";

    /// <summary>Whether a path is another, or lies inside of it.</summary>
    public static bool IsWithin(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal)
        && (path.Length == outer.Length || path[outer.Length] is '.' or '[');

    /// <summary>A text from the file as messages show it: on one line and not too long.</summary>
    public static string Cut(string text)
    {
        string cut = text.Length <= 60 ? text : text[..(char.IsHighSurrogate(text[59]) ? 59 : 60)] + "…";
        return cut.Any(char.IsControl) ? JsonEncodedText.Encode(cut).ToString() : cut;
    }
}
