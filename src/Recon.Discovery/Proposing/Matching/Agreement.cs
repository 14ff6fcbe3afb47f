namespace Recon.Discovery.Proposing.Matching;

/// <summary>How often two columns say the same, and how often they would by chance.</summary>
/// <param name="Pairs">Pairs with a value on both sides.</param>
/// <param name="Agree">Those that mean the same.</param>
/// <param name="Expected">Those that would, if the values of one side were dealt out anew.</param>
/// <param name="Distinct">Distinct values among those that agree.</param>
internal readonly record struct Agreement(int Pairs, int Agree, double Expected, int Distinct)
{
    // Few pairs say little: as if so many more had been seen, none of them agreeing.
    private const double Doubt = 2;

    public double Share => Pairs == 0 ? 0 : (double)Agree / Pairs;

    /// <summary>The share of what could agree beyond chance that does: 1 for all, 0 for no more than chance, below for less.</summary>
    public double BeyondChance => (Agree - Expected) / Math.Max(Pairs - Expected + Doubt, 1);

    /// <summary>Standard deviations from what chance would give.</summary>
    public double Deviations => (Agree - Expected) / Math.Sqrt(Math.Max(Expected * (1 - (Expected / Math.Max(Pairs, 1))), 0) + 0.5);

    /// <summary>Whether chance is ruled out.</summary>
    public bool IsSignificant => Deviations >= 4 && Agree >= 3 && Distinct >= 2 && BeyondChance >= 0.12;

    /// <summary>Compares codes of two columns, a code per pair.</summary>
    /// <param name="tally">Counts them; empty before and afterwards.</param>
    public static Agreement Of(int[] file, int[] mirror, CodeTally tally)
    {
        int pairs = 0;
        int agree = 0;
        for (int at = 0; at < file.Length; at++)
        {
            if (file[at] != 0 && mirror[at] != 0)
            {
                pairs++;
                agree += file[at] == mirror[at] && file[at] > 0 ? 1 : 0;
            }
        }

        // Most columns have nothing in common: what follows is for the others.
        if (agree < 2)
        {
            return new Agreement(pairs, agree, 0, agree);
        }

        for (int at = 0; at < file.Length; at++)
        {
            if (file[at] != 0 && mirror[at] != 0)
            {
                tally.Add(file[at], mirror[at]);
            }
        }

        (double expected, int distinct) = tally.Take();
        return new Agreement(pairs, agree, expected / pairs, distinct);
    }
}
