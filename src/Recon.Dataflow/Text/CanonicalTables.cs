using System.Collections;
using System.Globalization;

namespace Recon.Dataflow.Text;

/// <summary>What Unicode says about characters that have canonical equivalents. Read from the assembly when it is first needed.</summary>
internal static class CanonicalTables
{
    private static readonly Dictionary<int, byte> s_classes = [];
    private static readonly Dictionary<int, int[]> s_parts = [];
    private static readonly Dictionary<(int First, int Second), int> s_pairs = [];

    // Characters that need not stay as they are in NFC; others are told apart without a look at their neighbours.
    private static readonly BitArray s_doubtful = new(0x11_0000);

    static CanonicalTables()
    {
        using var reader = new StreamReader(typeof(CanonicalTables).Assembly.GetManifestResourceStream("canonical-forms.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] words = line.Split(' ');
            foreach (string word in words)
            {
                if (word.Contains('=', StringComparison.Ordinal))
                {
                    AddParts(word);
                }
                else if (!word.EndsWith(':'))
                {
                    AddClass(byte.Parse(words[0].AsSpan(..^1), CultureInfo.InvariantCulture), word);
                }
            }
        }

        // The table has single steps; what it is asked for are whole ways.
        foreach (int character in s_parts.Keys.ToArray())
        {
            s_parts[character] = Expand(character);
        }

        // The second and third parts of Hangul syllables.
        Doubt(0x1161, 0x1175);
        Doubt(0x11A8, 0x11C2);
    }

    /// <summary>Whether a character, or what it does to one before it, may differ in NFC.</summary>
    public static bool IsDoubtful(int character) => s_doubtful[character];

    /// <summary>The canonical combining class; 0 for a character that starts anew.</summary>
    public static byte ClassOf(int character) => s_classes.GetValueOrDefault(character);

    /// <summary>What a character is made of, wholly decomposed; empty when it is not made of others (Hangul apart).</summary>
    public static ReadOnlySpan<int> PartsOf(int character) => s_parts.GetValueOrDefault(character);

    /// <summary>The character that two make (Hangul apart).</summary>
    public static bool TryPair(int first, int second, out int pair) => s_pairs.TryGetValue((first, second), out pair);

    private static void AddClass(byte value, string range)
    {
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        int first = Hex(dash < 0 ? range : range.AsSpan(..dash));
        int last = dash < 0 ? first : Hex(range.AsSpan(dash + 1));
        Doubt(first, last);
        for (int character = first; character <= last; character++)
        {
            s_classes[character] = value;
        }
    }

    private static void AddParts(string entry)
    {
        int equals = entry.IndexOf('=', StringComparison.Ordinal);
        int character = Hex(entry.AsSpan(..equals));
        bool excluded = entry.EndsWith('!');
        int[] parts = [.. (excluded ? entry[(equals + 1)..^1] : entry[(equals + 1)..]).Split('+').Select(part => Hex(part))];
        s_parts[character] = parts;
        if (excluded)
        {
            Doubt(character, character);
            return;
        }

        s_pairs[(parts[0], parts[1])] = character;
        Doubt(parts[1], parts[1]);
    }

    private static int[] Expand(int character)
        => s_parts.TryGetValue(character, out int[]? parts) ? [.. parts.SelectMany(Expand)] : [character];

    private static void Doubt(int first, int last)
    {
        for (int character = first; character <= last; character++)
        {
            s_doubtful[character] = true;
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
