using System.Globalization;
using System.Text;
using System.Xml;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>Findings as JUnit's XML, which CI servers show: a suite for each pipeline, a case for each finding, an error is a failure.</summary>
internal static class JunitText
{
    // Of what the definition as a whole says.
    private const string General = "all pipelines";

    public static string Draw(IReadOnlyList<Finding> findings, string name)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuites");
            Attribute(xml, "name", name);
            Count(xml, findings);
            foreach (IGrouping<string, Finding> suite in findings.GroupBy(finding => finding.Pipeline, StringComparer.Ordinal))
            {
                xml.WriteStartElement("testsuite");
                Attribute(xml, "name", suite.Key.Length == 0 ? General : suite.Key);
                Count(xml, [.. suite]);
                foreach (IGrouping<string, Finding> alike in suite.GroupBy(finding => finding.Subject, StringComparer.Ordinal))
                {
                    // Servers take two cases of one name for the same.
                    int number = 0;
                    foreach (Finding finding in alike)
                    {
                        number++;
                        Case(xml, finding, number == 1 ? finding.Subject : $"{finding.Subject} #{number}");
                    }
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void Count(XmlWriter xml, IReadOnlyList<Finding> findings)
    {
        Attribute(xml, "tests", findings.Count);
        Attribute(xml, "failures", findings.Count(finding => finding.Severity == FindingSeverity.Error));
        Attribute(xml, "errors", 0);
        Attribute(xml, "skipped", 0);
    }

    private static void Case(XmlWriter xml, Finding finding, string name)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", name);
        Attribute(xml, "classname", finding.Pipeline.Length == 0 ? finding.Code : $"{finding.Pipeline}.{finding.Code}");
        Attribute(xml, "file", finding.File);
        Attribute(xml, "line", finding.At.Line);
        if (finding.Severity == FindingSeverity.Error)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "message", finding.Sentence);
            Attribute(xml, "type", finding.Code);
            xml.WriteString(Clean(finding.ToString()));
            xml.WriteEndElement();
        }
        else if (finding.Severity == FindingSeverity.Warning)
        {
            xml.WriteElementString("system-out", Clean(finding.ToString()));
        }

        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, int value)
        => Attribute(xml, name, value.ToString(CultureInfo.InvariantCulture));

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    // XML has no way to write some characters, not even as references.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isAllowed = rune.Value > 0xFFFF || XmlConvert.IsXmlChar((char)rune.Value);
            clean.Append(isAllowed ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }
}
