import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { safeLink } from './safe-link.ts';

const COMPONENTS: Components = {
  a: ({ href, children }) => {
    const link = safeLink(href);
    return link ? (
      <a href={link} target="_blank" rel="noopener noreferrer" title={link}>
        {children}
      </a>
    ) : (
      <span title={href}>{children}</span>
    );
  },
  // Nothing is fetched for a text that someone else wrote: an image becomes a link to it.
  img: ({ src, alt }) => {
    const link = safeLink(src);
    return link ? (
      <a href={link} target="_blank" rel="noopener noreferrer" title={link}>
        image: {alt || link}
      </a>
    ) : (
      <span>image: {alt}</span>
    );
  },
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
    <pre tabIndex={0}>{children}</pre>
  ),
};

/** Markdown by somebody else: no HTML, no images, links only to the web and to mail. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-message">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        urlTransform={(url) => safeLink(url) ?? ''}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
