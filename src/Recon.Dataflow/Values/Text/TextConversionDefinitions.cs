using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

/// <summary>Removes white space around the value.</summary>
[Kind("trim", "Removes white space around the value, no-break and zero-width characters included.", Shorthand = true)]
internal sealed record TrimDefinition : ConversionDefinition;

/// <summary>Makes every run of white space one space.</summary>
[Kind("collapse", "Makes every run of white space, line breaks included, one space, and removes it around the value.", Shorthand = true)]
internal sealed record CollapseDefinition : ConversionDefinition;

/// <summary>Writes the value in upper case.</summary>
[Kind("upper", "Writes the value in upper case (Unicode, no language's special rules).", Shorthand = true)]
internal sealed record UpperDefinition : ConversionDefinition;

/// <summary>Writes the value in lower case.</summary>
[Kind("lower", "Writes the value in lower case (Unicode, no language's special rules).", Shorthand = true)]
internal sealed record LowerDefinition : ConversionDefinition;

/// <summary>Starts every word with a capital and writes the rest in lower case.</summary>
[Kind("title", "Starts every word with a capital and writes the rest in lower case: JEAN-PIERRE O'NEIL becomes Jean-Pierre O'Neil.", Shorthand = true)]
internal sealed record TitleDefinition : ConversionDefinition;

/// <summary>Cuts a value that is too long. Every cut is counted.</summary>
[Kind("truncate", "Cuts a value that is longer than \"length\" characters. Every cut is counted.", Shorthand = true)]
internal sealed record TruncateDefinition : ConversionDefinition
{
    /// <summary>Most characters, in UTF-16 units as HubSpot counts them.</summary>
    /// <value>1 to 65,536. Default: 65,536.</value>
    [Option("Most characters (in UTF-16 units, as HubSpot counts them).", Minimum = 1, Maximum = 65_536)]
    public int Length { get; init; } = 65_536;
}

/// <summary>Turns HTML into plain text.</summary>
[Kind("html", "Turns HTML into plain text: paragraphs, breaks and list items become lines, entities characters. Text without HTML stays as it is.", Shorthand = true)]
internal sealed record HtmlDefinition : ConversionDefinition;

/// <summary>Reduces a web address or host to its bare host.</summary>
[Kind("domain", "Reduces a web address or host to the lower-case host, without scheme, www., port, path and query.", Shorthand = true)]
internal sealed record DomainDefinition : ConversionDefinition;

/// <summary>Writes a web address in one way.</summary>
[Kind("url", "Writes a web address in one way: with scheme (https when it has none), lower-case host, no slash after a bare host.", Shorthand = true)]
internal sealed record UrlDefinition : ConversionDefinition;

/// <summary>Writes an e-mail address in one way.</summary>
[Kind("email", "Writes an e-mail address in lower case, without mailto: and angle brackets.", Shorthand = true)]
internal sealed record EmailDefinition : ConversionDefinition;

/// <summary>Writes a telephone number in E.164.</summary>
[Kind("phone", "Writes a telephone number in E.164 (+33612345678); an extension follows as \" ext 12\".", Shorthand = true)]
internal sealed record PhoneDefinition : ConversionDefinition, ISelfValidating
{
    /// <summary>ISO 3166 region of numbers without a country code; the defaults' when <see langword="null"/>.</summary>
    [Option("ISO 3166 region of numbers that carry no country code. Default: phoneRegion of \"defaults\".")]
    public string? Region { get; init; }

    public IEnumerable<(string Member, string Message)> Validate()
    {
        if (Region is not null && !PhoneNumbers.PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(Region))
        {
            yield return (nameof(Region), $"'{Region}' is not an ISO 3166 region with a numbering plan. Use two capitals, such as FR.");
        }
    }
}
