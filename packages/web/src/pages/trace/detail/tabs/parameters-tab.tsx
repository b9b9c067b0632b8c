import type { SpanDetail } from '../../../../api/types.ts';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { JsonView } from '../../../../content/json-view.tsx';
import { AnyValueView } from '../../../../content/typed-text.tsx';
import { Facts } from '../facts.tsx';
import { Section } from '../section.tsx';
import { showValue } from '../show-value.ts';

export function ParametersTab({ span }: { span: SpanDetail }) {
  const { parameters, prompt, metadata, toolDefinitions, tool } = span;
  return (
    <>
      {parameters && (
        <Section title="Parameters">
          <Facts
            rows={Object.entries(parameters).map(([name, value]) => [name, showValue(value)] as const)}
            mono
          />
        </Section>
      )}
      {prompt && (
        <Section title="Prompt">
          <Facts
            rows={[
              ['Name', prompt.name, 'prompt'],
              ['Version', prompt.version, 'promptVersion'],
              ['Id', prompt.id],
            ]}
          />
          {prompt.template && <FoldedText text={prompt.template} mono />}
          {(prompt.variables ?? null) !== null && <AnyValueView value={prompt.variables} />}
        </Section>
      )}
      {metadata && (
        <Section title="Metadata">
          <JsonView value={metadata} />
        </Section>
      )}
      {toolDefinitions && (
        <Section title={`Available tools (${toolDefinitions.length})`}>
          <JsonView value={toolDefinitions} />
        </Section>
      )}
      {(tool?.schema ?? null) !== null && (
        <Section title="Tool schema">
          <AnyValueView value={tool?.schema} />
        </Section>
      )}
    </>
  );
}
