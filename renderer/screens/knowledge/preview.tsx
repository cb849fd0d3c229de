import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** The article as it reads. HTML in it stays text, pictures are their words, and only `https` links lead out (KNW8). */
export function Preview({ markdown }: { readonly markdown: string }) {
  return (
    <div className="preview" data-testid="preview">
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={{
          a: ({ href, children }) =>
            href?.startsWith('https://') ? (
              <a href={href} target="_blank" rel="noreferrer noopener" className="text-accent underline">
                {children}
              </a>
            ) : (
              <span title={href}>{children}</span>
            ),
          img: ({ alt }) => (
            <span className="text-muted">[{alt === undefined || alt === '' ? 'picture' : alt}]</span>
          ),
          // Task lists are shown, never ticked here.
          input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
        }}
      >
        {markdown}
      </Markdown>
      {markdown.trim() === '' && <p className="text-muted">Nothing written yet.</p>}
    </div>
  );
}
