/** Hears what the server sends, for ever: the browser looks for a server that is gone. @param there is told whether it is there */
export function listen<Message>(url: string, hear: (message: Message) => void, there: (is: boolean) => void = () => {}): void {
  const source = new EventSource(url);
  source.onmessage = ({ data }) => hear(JSON.parse(data));
  source.onopen = () => there(true);
  source.onerror = () => there(false);
}
