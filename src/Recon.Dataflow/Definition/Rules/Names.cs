using System.Text;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>What names may look like.</summary>
internal static class Names
{
    /// <summary>Longest identifier of PostgreSQL, in bytes.</summary>
    public const int MaxIdentifierBytes = 63;

    /// <summary>Bytes left free in names of schema and tables, for the suffixes of attempts and indexes.</summary>
    public const int SuffixBytes = 16;

    /// <summary>Whether a name may be a label: of lower-case ASCII letters, digits, hyphens and underscores.</summary>
    public static bool IsLabel(string name) => name.Length is > 0 and <= MaxIdentifierBytes
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_');

    /// <summary>What is wrong with a name that recon gives to a schema, table or column.</summary>
    public static string? FaultOfOwn(string name, int maxBytes)
    {
        if (name.Length == 0)
        {
            return "must not be empty";
        }

        if (!(char.IsLetter(name[0]) || name[0] == '_')
            || !name.All(character => char.IsLetterOrDigit(character) || character is '_' or '$'))
        {
            return "must be a plain identifier: letters, digits, _ and $, not starting with a digit";
        }

        int bytes = Encoding.UTF8.GetByteCount(name);
        return bytes > maxBytes ? $"must have at most {maxBytes} bytes, not {bytes}" : null;
    }

    /// <summary>What is wrong with the name of something that exists; it may need quotes, which recon adds.</summary>
    public static string? FaultOfExisting(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "must not be empty";
        }

        int bytes = Encoding.UTF8.GetByteCount(name);
        return name.Any(char.IsControl) ? "must not hold control characters"
            : bytes > MaxIdentifierBytes ? $"must have at most {MaxIdentifierBytes} bytes, not {bytes}; PostgreSQL has no longer names"
            : null;
    }
}
