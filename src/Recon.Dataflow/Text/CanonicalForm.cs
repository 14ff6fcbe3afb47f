using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Recon.Dataflow.Text;

/// <summary>
/// Unicode's canonical composed form (NFC), and texts without accents. The runtime's own normalisation changes nothing
/// where globalization is invariant, as it is here.
/// </summary>
internal static class CanonicalForm
{
    // All characters below U+0300 are composed, whatever stands beside them; from there on UTF-8 begins with CC or more.
    private const byte FirstDoubtful = 0xCC;

    private const int FirstMark = 0x300;
    private const int MostSortedInPlace = 16;

    private const int FirstSyllable = 0xAC00;
    private const int Syllables = 11_172;
    private const int FirstLead = 0x1100;
    private const int Leads = 19;
    private const int FirstVowel = 0x1161;
    private const int Vowels = 21;
    private const int BeforeTail = 0x11A7;
    private const int Tails = 28;

    /// <summary>Whether a text is its own composed form for certain: so is what is not valid UTF-8.</summary>
    public static bool IsComposed(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> rest = text;
        for (int at; (at = rest.IndexOfAnyInRange(FirstDoubtful, (byte)0xFF)) >= 0;)
        {
            rest = rest[at..];
            if (Runes.TryRead(rest, out Rune rune, out int length) && CanonicalTables.IsDoubtful(rune.Value))
            {
                return !Utf8.IsValid(text);
            }

            rest = rest[length..];
        }

        return true;
    }

    /// <summary>The composed form; the text itself when it is composed, or is not valid UTF-8.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text, Utf8Scratch scratch)
        => IsComposed(text) ? text : Write(text, withoutAccents: false, scratch);

    /// <summary>The decomposed form (NFD), in which some systems write file names and what is typed there.</summary>
    public static ReadOnlySpan<byte> Decomposed(ReadOnlySpan<byte> text, Utf8Scratch scratch)
        => Ascii.IsValid(text) || !Utf8.IsValid(text) ? text : Write(text, withoutAccents: false, scratch, composed: false);

    /// <summary>
    /// The composed form of a text that is composed or decomposed throughout; a text that is neither stays. So a key has two
    /// spellings, and an index can be asked for both.
    /// </summary>
    public static ReadOnlySpan<byte> Uniform(ReadOnlySpan<byte> text, Utf8Scratch scratch)
        => IsComposed(text) || !Decomposed(text, scratch).SequenceEqual(text) ? text : Of(text, scratch);

    /// <summary>The composed form, without the marks that can be taken off letters: é is e, and ø stays.</summary>
    public static ReadOnlySpan<byte> WithoutAccents(ReadOnlySpan<byte> text, Utf8Scratch scratch)
        => Ascii.IsValid(text) || !Utf8.IsValid(text) ? text : Write(text, withoutAccents: true, scratch);

    /// <summary>Whether two texts have the same composed form.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
        => left.SequenceEqual(right) || Of(left, scratch).SequenceEqual(Of(right, scratch));

    private static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> text, bool withoutAccents, Utf8Scratch scratch, bool composed = true)
    {
        // No character is made of more than four, and none of two or three bytes of more than three and four.
        int[] characters = ArrayPool<int>.Shared.Rent((text.Length * 2) + 1);
        int count = Decompose(text, characters);
        Order(characters.AsSpan(..count));
        if (withoutAccents)
        {
            count = RemoveMarks(characters.AsSpan(..count));
        }

        count = composed ? Compose(characters.AsSpan(..count)) : count;
        int size = 0;
        foreach (int character in characters.AsSpan(..count))
        {
            size += new Rune(character).Utf8SequenceLength;
        }

        Span<byte> room = scratch.Take(size);
        int used = 0;
        foreach (int character in characters.AsSpan(..count))
        {
            used += new Rune(character).EncodeToUtf8(room[used..]);
        }

        ArrayPool<int>.Shared.Return(characters);
        return room;
    }

    private static int Decompose(ReadOnlySpan<byte> text, Span<int> characters)
    {
        int count = 0;
        while (!text.IsEmpty)
        {
            _ = Runes.TryRead(text, out Rune rune, out int length);
            text = text[length..];
            int syllable = rune.Value - FirstSyllable;
            if ((uint)syllable < Syllables)
            {
                characters[count++] = FirstLead + (syllable / (Vowels * Tails));
                characters[count++] = FirstVowel + (syllable / Tails % Vowels);
                if (syllable % Tails != 0)
                {
                    characters[count++] = BeforeTail + (syllable % Tails);
                }

                continue;
            }

            ReadOnlySpan<int> parts = rune.Value < 0xC0 ? default : CanonicalTables.PartsOf(rune.Value);
            if (parts.IsEmpty)
            {
                characters[count++] = rune.Value;
                continue;
            }

            parts.CopyTo(characters[count..]);
            count += parts.Length;
        }

        return count;
    }

    // Marks after a letter are ordered by class; those of one class keep their order.
    private static void Order(Span<int> characters)
    {
        int start = 0;
        for (int at = 0; at <= characters.Length; at++)
        {
            if (at == characters.Length || ClassOf(characters[at]) == 0)
            {
                OrderMarks(characters[start..at]);
                start = at + 1;
            }
        }
    }

    private static void OrderMarks(Span<int> marks)
    {
        if (marks.Length > MostSortedInPlace)
        {
            OrderManyMarks(marks);
            return;
        }

        for (int at = 1; at < marks.Length; at++)
        {
            int mark = marks[at];
            int to = at;
            for (; to > 0 && ClassOf(marks[to - 1]) > ClassOf(mark); to--)
            {
                marks[to] = marks[to - 1];
            }

            marks[to] = mark;
        }
    }

    // Counts how many come before each class: there is no end to the marks that a text can have.
    private static void OrderManyMarks(Span<int> marks)
    {
        Span<int> places = stackalloc int[byte.MaxValue + 2];
        places.Clear();
        int[] unordered = marks.ToArray();
        foreach (int mark in unordered)
        {
            places[ClassOf(mark) + 1]++;
        }

        for (int value = 1; value < places.Length; value++)
        {
            places[value] += places[value - 1];
        }

        foreach (int mark in unordered)
        {
            marks[places[ClassOf(mark)]++] = mark;
        }
    }

    private static int ClassOf(int character) => character < FirstMark ? 0 : CanonicalTables.ClassOf(character);

    private static int RemoveMarks(Span<int> characters)
    {
        int count = 0;
        foreach (int character in characters)
        {
            if (Rune.GetUnicodeCategory(new Rune(character)) != UnicodeCategory.NonSpacingMark)
            {
                characters[count++] = character;
            }
        }

        return count;
    }

    private static int Compose(Span<int> characters)
    {
        int count = 0;
        int starter = -1;
        int before = -1; // Class of the last character kept after the starter; -1 for none.
        foreach (int character in characters)
        {
            int value = ClassOf(character);
            if (starter >= 0 && before < value && TryPair(characters[starter], character, out int pair))
            {
                characters[starter] = pair;
                continue;
            }

            if (value == 0)
            {
                starter = count;
                before = -1;
            }
            else
            {
                before = value;
            }

            characters[count++] = character;
        }

        return count;
    }

    private static bool TryPair(int first, int second, out int pair)
    {
        int lead = first - FirstLead;
        int vowel = second - FirstVowel;
        if ((uint)lead < Leads && (uint)vowel < Vowels)
        {
            pair = FirstSyllable + (((lead * Vowels) + vowel) * Tails);
            return true;
        }

        int syllable = first - FirstSyllable;
        int tail = second - BeforeTail;
        if ((uint)syllable < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
        {
            pair = first + tail;
            return true;
        }

        return CanonicalTables.TryPair(first, second, out pair);
    }
}
