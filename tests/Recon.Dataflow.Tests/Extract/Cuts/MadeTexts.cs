using System.Globalization;
using System.Text;

namespace Recon.Dataflow.Tests.Extract.Cuts;

/// <summary>Columns of texts as CRMs have them, made from a seed.</summary>
internal sealed class MadeTexts(int seed)
{
    private static readonly string[] s_syllables =
        "a bel ca don er fi ga hou in jo la mar ne or pi qui ra sol ti ur vi xa yo zen lé ou ter ville mont saint is au".Split(' ');

    private readonly Random _random = new(seed);

    public static IEnumerable<string> Kinds
        => ["names", "cities", "companies", "subjects", "notes", "few notes", "templates", "phones", "amounts", "codes", "two codes", "bic", "postcodes", "hex", "ids", "padded"];

    /// <summary>Texts of one kind.</summary>
    public string[] Of(string kind, int count) => [.. Enumerable.Range(0, count).Select(_ => One(kind))];

    public int Next(int least, int beyond) => _random.Next(least, beyond);

    public string Word(int least, int most)
    {
        StringBuilder word = new();
        for (int left = _random.Next(least, most + 1); left > 0; left--)
        {
            word.Append(Any(s_syllables));
        }

        return word.ToString();
    }

    /// <summary>A text of about so many characters, of words, numbers, punctuation and line breaks.</summary>
    public string Prose(int length)
    {
        StringBuilder text = new(Title(Word(1, 3)));
        while (text.Length < length)
        {
            text.Append(_random.Next(40) switch
            {
                0 => "\r\n",
                1 => "\n\n- ",
                2 => ". ",
                3 => ", ",
                4 => $" {_random.Next(2000)} ",
                5 => " 😀 ",
                _ => " ",
            }).Append(Word(1, 4));
        }

        return text.ToString().TrimEnd();
    }

    private string One(string kind) => kind switch
    {
        "names" => $"{Title(Word(1, 3))} {Title(Word(1, 4))}",
        "cities" => string.Join("-", Enumerable.Range(0, _random.Next(4) == 0 ? 3 : 1).Select(_ => Title(Word(2, 5)))),
        "companies" => $"{Title(Word(1, 4))}{Any(["", "", " SA", " SAS", " SARL", " & Fils", " France"])}",
        "subjects" => Prose(10 + (int)Exponential(30)),
        "notes" or "few notes" => Prose(20 + (int)Exponential(400)),
        "templates" => _random.Next(3) switch
        {
            0 => $"Appel du {_random.Next(10, 32)}/{_random.Next(10, 13)}/{_random.Next(2005, 2024)} - pas de réponse",
            1 => $"Relance {Any(["JD", "PM", "AC", "LB", "FT", "RS"])} le {_random.Next(10, 32)}/{_random.Next(10, 13)}, devis {_random.Next(10_000, 99_999)} envoyé",
            _ => $"Visite de {Title(Word(1, 3))}",
        },
        "phones" => _random.Next(3) switch
        {
            0 => $"0{_random.Next(1, 8)}{_random.Next(10_000_000, 99_999_999)}",
            1 => $"+33 {_random.Next(1, 8)} {_random.Next(10, 99)} {_random.Next(10, 99)} {_random.Next(10, 99)} {_random.Next(10, 99)}",
            _ => $"0{_random.Next(1, 8)}.{_random.Next(10, 99)}.{_random.Next(10, 99)}.{_random.Next(10, 99)}.{_random.Next(10, 99)} poste {_random.Next(1, 999)}",
        },
        "amounts" => Exponential(100_000).ToString("0.00", CultureInfo.InvariantCulture),
        "codes" => $"{Letters(2)}-{_random.Next(1000, 9999)}-{Letters(3)}",
        "two codes" => _random.Next(2) == 0 ? $"{Letters(4)}-{_random.Next(100, 999)}" : $"{Letters(6)}-{_random.Next(10_000, 99_999)}-{Letters(2)}",
        "bic" => Letters(_random.Next(2) == 0 ? 8 : 11),
        "postcodes" => $"{Letters(_random.Next(1, 3))}{_random.Next(1, 30)} {_random.Next(1, 10)}{Letters(2)}",
        "hex" => Convert.ToHexStringLower(BitConverter.GetBytes(_random.NextInt64())),
        "ids" => Mixed(_random.Next(2) == 0 ? 15 : 18),
        _ => $"{Title(Word(1, 3))} {Title(Word(1, 4))}".PadRight(40),
    };

    private string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('A' + _random.Next(26))));

    private string Mixed(int count)
        => string.Concat(Enumerable.Range(0, count).Select(_ => "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[_random.Next(62)]));

    private double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    private T Any<T>(T[] items) => items[_random.Next(items.Length)];

    private static string Title(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
