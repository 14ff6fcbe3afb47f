namespace Recon.Discovery.Profiling.Input;

/// <summary>How often languages write their letters beyond ASCII: tells code pages apart that have other letters at the same bytes.</summary>
internal static class LetterModel
{
    // What a letter counts that a language does not have: names of other countries are in every file.
    private const double Foreign = 0.0005;

    // Shares of the letters beyond ASCII in running text, rounded.
    private static readonly Dictionary<char, double>[] s_languages =
    [
        Of("é.62 è.12 à.12 ê.05 ç.03 ô.02 û.01 î.01 â.01 ù.01 ë.005 ï.005 œ.005 ü.003 ö.003"), // French
        Of("ü.39 ä.32 ö.17 ß.12"), // German
        Of("ó.30 í.25 á.20 é.13 ñ.09 ú.06 ü.003"), // Spanish
        Of("ã.25 ç.18 á.13 é.12 í.10 ó.07 ê.06 õ.05 â.04 à.03 ú.04 ô.02"), // Portuguese
        Of("è.35 à.30 ò.15 ù.10 é.06 ì.05"), // Italian
        Of("ä.38 å.33 ö.27 é.02"), // Swedish
        Of("ø.40 å.32 æ.26 é.02"), // Danish and Norwegian
        Of("ł.25 ę.17 ą.16 ó.13 ż.12 ś.10 ć.05 ń.03 ź.01"), // Polish
        Of("í.22 á.18 ě.12 é.10 ř.09 ý.08 č.08 š.07 ž.08 ů.05 ú.01 ň.01 ť.004 ď.003 ó.003"), // Czech
        Of("á.22 í.14 é.11 š.09 ž.09 č.11 ý.08 ú.06 ľ.04 ť.03 ô.02 ň.02 ó.01 ä.01 ď.01 ŕ.002 ĺ.002"), // Slovak
        Of("á.30 é.32 ö.10 ó.09 ő.08 ü.05 í.05 ú.03 ű.02"), // Hungarian
        Of("ă.35 ţ.20 ț.20 î.15 ş.18 ș.18 â.12"), // Romanian
        Of("č.30 š.25 ž.22 ć.15 đ.08"), // Croatian and Slovene
        Of("ı.35 ü.13 ş.12 ç.08 ğ.08 ö.06 İ.02"), // Turkish
        Of("о.11 е.085 а.08 и.074 н.067 т.063 с.055 р.047 в.045 л.043 к.035 м.032 д.03 п.028 у.026 я.02 ы.019 ь.017 г.017 з.016 б.016 ч.014 й.012 х.01 ж.009 ш.007 ю.006 ц.005 щ.004 э.003 ф.003 і.01 ї.005"), // Russian and its neighbours
        Of("α.11 ο.09 ι.085 ε.08 τ.08 ν.06 σ.055 η.05 υ.04 ρ.04 π.04 κ.04 ς.04 μ.03 λ.03 ί.03 ό.025 ω.02 ά.02 έ.02 ή.02 δ.017 γ.017 θ.012 χ.012 ύ.01 ώ.01 φ.01 β.007 ξ.005 ζ.004 ψ.002"), // Greek
    ];

    /// <summary>The logarithm of how likely the letters beyond ASCII are, in the language that fits best.</summary>
    /// <param name="letters">How many there are.</param>
    public static double Likelihood(string text, out int letters)
    {
        Dictionary<char, int> counts = [];
        foreach (char character in text)
        {
            if (character >= 0x80 && char.IsLetter(character))
            {
                char lower = char.ToLowerInvariant(character);
                counts[lower] = counts.GetValueOrDefault(lower) + 1;
            }
        }

        letters = counts.Values.Sum();
        return s_languages.Max(language => counts.Sum(pair => pair.Value * Math.Log(language.GetValueOrDefault(pair.Key, Foreign))));
    }

    private static Dictionary<char, double> Of(string shares)
        => shares.Split(' ').ToDictionary(share => share[0], share => double.Parse(share.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
}
